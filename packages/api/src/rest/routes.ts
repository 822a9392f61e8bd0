import type { ProcedureContract } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.js';
import { appRouter } from '../router.js';
import type { Meta } from '../trpc.js';
import { compileInput } from './input.js';
import { toRestError } from './rest-error.js';
import { toWire } from './wire.js';

/** A procedure as tRPC calls it: with a context and a raw input, through its middlewares. */
type Procedure = ((call: {
  ctx: Context;
  path: string;
  type: string;
  input: unknown;
  getRawInput: () => Promise<unknown>;
  signal: undefined;
  batchIndex: number;
}) => Promise<unknown>) & { _def: { type: string; meta?: Meta } };

interface Route {
  path: string;
  type: string;
  procedure: Procedure;
  contract: ProcedureContract;
}

/** Every procedure with a REST route, from the same router that tRPC serves. */
export const restRoutes = (): Route[] =>
  Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>).flatMap(([path, procedure]) => {
    const { meta, type } = procedure._def;
    return meta ? [{ path, type, procedure, contract: meta.contract }] : [];
  });

export type ContextOf = (request: FastifyRequest) => Context;

/**
 * Serves every procedure as a native Fastify route, with and without the slash at the end, and answers 405 with what
 * is allowed where the path is right but the method is not.
 */
export function registerRoutes(app: FastifyInstance, contextOf: ContextOf): void {
  const allowed = new Map<string, string[]>();
  for (const route of restRoutes()) {
    const { method, path } = route.contract;
    allowed.set(path, [...(allowed.get(path) ?? []), method]);
    serve(app, method, path, createHandler(route, contextOf));
  }
  for (const [path, methods] of allowed) refuseOtherMethods(app, path, methods);
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

function serve(app: FastifyInstance, method: string, path: string, handler: Handler): void {
  const url = path.replace(/\{(\w+)\}/g, ':$1');
  app.route({ method, url, handler });
  app.route({ method, url: url.replace(/\/$/, ''), handler });
}

function createHandler({ path, type, procedure, contract }: Route, contextOf: ContextOf): Handler {
  const toInput = compileInput(contract);
  return async (request, reply) => {
    try {
      const input = toInput(request);
      const getRawInput = () => Promise.resolve(input);
      const data = await procedure({
        ctx: contextOf(request),
        path,
        type,
        input,
        getRawInput,
        signal: undefined,
        batchIndex: 0,
      });
      reply.code(contract.status);
      return contract.status === 204 ? reply.send() : toWire(data);
    } catch (thrown) {
      const error =
        thrown instanceof TRPCError ? thrown : new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: thrown });
      if (error.code === 'INTERNAL_SERVER_ERROR') request.log.error({ err: error.cause ?? error }, 'request failed');
      const { status, body } = toRestError(error, contract, request);
      return reply.code(status).send(body);
    }
  };
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

function refuseOtherMethods(app: FastifyInstance, path: string, allowed: string[]): void {
  const allow = methods
    .filter((method) => allowed.includes(method))
    .concat('HEAD')
    .join(', ');
  for (const method of methods.filter((each) => !allowed.includes(each))) {
    serve(app, method, path, async (_request, reply) =>
      reply
        .code(405)
        .header('allow', allow)
        .send({ detail: `Method "${method}" not allowed.` }),
    );
  }
}
