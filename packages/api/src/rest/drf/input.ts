import { largestPageSize, type ProcedureContract } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiError } from '../../errors.js';
import { mostStrangersJson } from '../../http.js';
import { readBody } from './body.js';
import { type Coerce, coercionOf } from './coerce.js';
import { toFormReader } from './form.js';
import { PythonFloat, strip } from './python.js';

/** What a request gives a procedure: as it was sent, for messages to quote, and as it is to be judged. */
export interface Input {
  readonly sent: Record<string, unknown>;
  readonly fields: Record<string, unknown>;
  /** Fields of the body that the resource does not know. */
  readonly ignored: string[];
}

/** What was read of a request. */
interface Read {
  readonly sent: Record<string, unknown>;
  readonly ignored: string[];
}

/**
 * Compiles, once per route, how a request becomes a procedure's input: body or query, then the path's parameters, each
 * field read as leniently as the old service read it. The schemas themselves are only looked at.
 */
export function compileInput(contract: ProcedureContract): (request: FastifyRequest) => Promise<Input> {
  const shape = shapeOf(contract);
  const fields = Object.entries(shape).map(([field, schema]): [string, Coerce] => [field, coercionOf(schema)]);
  const hasFields = hasBody(contract) && contract.takesFile.length === 0;
  const read = hasFields ? compileBody(contract, shape) : readQuery;
  return async (request) => {
    const { sent: given, ignored } = await read(request);
    const sent = Object.assign(given, paramsOf(contract, request));
    const judged: Record<string, unknown> = {};
    for (const [field, coerce] of fields) if (Object.hasOwn(sent, field)) judged[field] = coerce(sent[field]);
    return { sent, fields: judged, ignored };
  };
}

function shapeOf({ input }: ProcedureContract): Record<string, z.ZodType> {
  if (!(input instanceof z.ZodObject)) throw new Error('a REST procedure takes an object');
  return input.shape;
}

function compileBody({ method, needs, output }: ProcedureContract, shape: Record<string, z.ZodType>) {
  const toFields = toFormReader(shape, { isPartial: method === 'PATCH' });
  const answered = output instanceof z.ZodObject ? Object.keys(output.shape) : [];
  const known = new Set([...Object.keys(shape), ...answered]);
  const limits = needs === 'open' ? { mostBytes: mostStrangersJson } : {};
  return async (request: FastifyRequest): Promise<Read> => {
    const { value, isForm } = await readBody(request, limits);
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof PythonFloat) {
      throw new TRPCError({ code: 'BAD_REQUEST', cause: new NoObject(value) });
    }
    const ignored = Object.keys(value).filter((field) => !known.has(field));
    return {
      sent: isForm ? toFields(value as Record<string, unknown[]>) : (value as Record<string, unknown>),
      ignored,
    };
  };
}

/** A body that is JSON, but no object. */
export class NoObject extends Error {
  constructor(readonly body: unknown) {
    super('The body must be an object.');
  }
}

/** Empty parameters are no filter; a limit or a key that is no number has no effect, a limit that is too large is cut. */
async function readQuery(request: FastifyRequest): Promise<Read> {
  const { page, limit, after, ...query } = request.query as Record<string, string | string[]>;
  const filters = Object.entries(query).map(([key, value]) => [key, lastOf(value)]);
  const sent = {
    ...Object.fromEntries(filters.filter(([, value]) => value !== '')),
    ...pagingOf(lastOf(page), lastOf(limit)),
    ...keyOf(lastOf(after)),
  };
  return { sent, ignored: [] };
}

const lastOf = (value: string | string[] | undefined) => (Array.isArray(value) ? value.at(-1) : value);

function pagingOf(page: string | undefined, limit: string | undefined): { page?: number | 'last'; limit?: number } {
  const size = toPositive(limit);
  return {
    ...(page !== undefined && { page: page === 'last' ? 'last' : validPage(page) }),
    ...(size !== null && { limit: Math.min(size, largestPageSize) }),
  };
}

/** Like a limit: what is no id has no effect. */
function keyOf(after: string | undefined): { after?: number } {
  const id = after !== undefined && /^\d+$/.test(after) ? Number(after) : Number.NaN;
  return Number.isSafeInteger(id) ? { after: id } : {};
}

function validPage(page: string): number {
  const number = toPositive(page);
  if (number === null || !Number.isSafeInteger(number)) throw new ApiError('page.not_found');
  return number;
}

const toPositive = (value: string | undefined): number | null =>
  value !== undefined && /^\+?0*[1-9]\d*$/.test(strip(value)) ? Number(value) : null;

/** The parameters of the path, as the input's fields. */
export function paramsOf({ pathFields }: ProcedureContract, request: FastifyRequest): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(request.params as object)) params[pathFields[name] ?? name] = value;
  return params;
}

/** What names a row, by the path's parameters: `{ id: 5 }`. Null when no row could have such a name. */
export type ReadRef = (request: FastifyRequest) => Record<string, unknown> | null;

/** Compiles how a path's parameters name a row; null where they are all that a request says, or where there are none. */
export function compileRef(contract: ProcedureContract): ReadRef | null {
  const { path, pathFields } = contract;
  const shape = shapeOf(contract);
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const saysMore = hasBody(contract) || Object.keys(shape).length > names.length;
  if (names.length === 0 || !saysMore) return null;
  const readers = names.map((name) => {
    const schema = shape[pathFields[name] ?? name]!;
    const coerce = coercionOf(schema);
    return (params: Record<string, unknown>) => ({ name, read: schema.safeParse(coerce(params[name])) });
  });
  return (request) => {
    const read = readers.map((reader) => reader(request.params as Record<string, unknown>));
    if (read.some((each) => !each.read.success)) return null;
    return Object.fromEntries(read.map((each) => [each.name, each.read.data]));
  };
}

const hasBody = ({ method }: ProcedureContract) => method !== 'GET' && method !== 'DELETE';
