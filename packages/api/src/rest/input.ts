import { largestPageSize, type ProcedureContract } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { type Coerce, coercionOf } from './coerce.js';

type ToInput = (request: FastifyRequest) => Record<string, unknown>;

/**
 * Compiles, once per route, how a request becomes a procedure's input: body or query, then the path's parameters, each
 * field read as leniently as the old service read it. The schemas themselves are only looked at.
 */
export function compileInput(contract: ProcedureContract): ToInput {
  const fields = fieldsOf(contract);
  const inBody = contract.method !== 'GET' && contract.method !== 'DELETE';
  return (request) => {
    const given = inBody ? bodyOf(request) : queryOf(request);
    const input = { ...given, ...paramsOf(contract, request) };
    return Object.fromEntries(
      fields.flatMap(([field, coerce]) => (field in input ? [[field, coerce(input[field])]] : [])),
    );
  };
}

function fieldsOf({ input }: ProcedureContract): [string, Coerce][] {
  if (!(input instanceof z.ZodObject)) throw new Error('a REST procedure takes an object');
  return Object.entries(input.shape).map(([field, schema]) => [field, coercionOf(schema as z.ZodType)]);
}

function bodyOf({ body }: FastifyRequest): Record<string, unknown> {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new TRPCError({ code: 'BAD_REQUEST', cause: new NoObject(body) });
}

/** A body that is JSON, but no object. */
export class NoObject extends Error {
  constructor(readonly body: unknown) {
    super('The body must be an object.');
  }
}

/** Empty parameters are no filter; a limit that is no positive integer has no effect, one that is too large is cut. */
function queryOf(request: FastifyRequest): Record<string, unknown> {
  const { page, limit, ...query } = request.query as Record<string, string | string[]>;
  const filters = Object.entries(query).filter(([, value]) => value !== '');
  return {
    ...Object.fromEntries(filters.map(([key, value]) => [key, lastOf(value)])),
    ...pagingOf(lastOf(page), lastOf(limit)),
  };
}

const lastOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value.at(-1) : value);

function pagingOf(page: string | undefined, limit: string | undefined): { page?: number | 'last'; limit?: number } {
  const size = toPositive(limit);
  return {
    ...(page !== undefined && { page: page === 'last' ? 'last' : validPage(page) }),
    ...(size !== null && { limit: Math.min(size, largestPageSize) }),
  };
}

function validPage(page: string): number {
  const number = toPositive(page);
  if (number === null || !Number.isSafeInteger(number)) throw new ApiError('page.not_found');
  return number;
}

const toPositive = (value: string | undefined): number | null =>
  value !== undefined && /^\+?0*[1-9]\d*$/.test(value) ? Number(value) : null;

function paramsOf({ pathFields }: ProcedureContract, request: FastifyRequest): Record<string, unknown> {
  const params = Object.entries(request.params as Record<string, string>);
  return Object.fromEntries(params.map(([name, value]) => [pathFields[name] ?? name, value]));
}
