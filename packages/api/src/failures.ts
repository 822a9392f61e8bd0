import { errors } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { FastifyError, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { ApiError, headersOf } from './errors.js';
import { isTrouble, orTrouble, toldOf } from './trouble.js';

/** A stream tells of an error twice: where it arose, and where it is written. */
const logged = new WeakSet<Error>();

/**
 * Logs the cause of a failure of ours once, under the id of its request. What the caller has done wrong is not logged.
 * PostgreSQL's trouble meets every request: one in ten seconds is logged, with the number of the others.
 */
export function logFailure({ log }: FastifyRequest, error: Error, procedure?: string): void {
  if (!isOurs(error) || logged.has(error)) return;
  logged.add(error);
  const told = isTrouble(error) ? toldOf(error) : {};
  if (!told) return;
  const err = error instanceof TRPCError ? (error.cause ?? error) : error;
  log.error({ err, ...told, ...(procedure !== undefined && { procedure }) }, 'request failed');
}

/** Logs why REST answered with 500 or more: a failure with all there is, what the contract knows by its code alone. */
export function logRefusalOfOurs(request: FastifyRequest, thrown: unknown): void {
  if (isTrouble(thrown)) logFailure(request, thrown);
  else if (thrown instanceof ApiError) request.log.warn({ code: thrown.error }, thrown.message);
  else request.log.error({ err: (thrown as Error).cause ?? thrown }, 'request failed');
}

function isOurs(error: Error): boolean {
  if (error instanceof TRPCError) return error.code === 'INTERNAL_SERVER_ERROR' || isTrouble(error);
  return statusOf(error as Partial<FastifyError>) >= 500;
}

const statusOf = ({ statusCode = 500 }: Partial<FastifyError>): number => (statusCode < 400 ? 500 : statusCode);

/**
 * Answers what no face has caught: logged once, and never told with what went wrong inside. What Fastify refuses is
 * answered in its own words.
 */
export const failuresPlugin = fastifyPlugin(async (app) => {
  app.setErrorHandler<FastifyError>((thrown, request, reply) => {
    const error = orTrouble(thrown);
    logFailure(request, error);
    if (isTrouble(error)) {
      const { status: statusCode } = errors[error.error];
      return reply.code(statusCode).headers(headersOf(error)).send({ statusCode, message: error.message });
    }
    const statusCode = statusOf(error);
    if (statusCode < 500) return reply.code(statusCode).send(error);
    return reply.code(statusCode).send({ statusCode, message: errors['server.failed'].message });
  });
});
