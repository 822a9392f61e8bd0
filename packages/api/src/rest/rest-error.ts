import { errors, type ProcedureContract } from '@showroom/contract';
import type { TRPCError } from '@trpc/server';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ApiError, errorCodeOf, refusedValuesOf } from '../errors.js';
import { NoObject } from './input.js';
import { messageOf, nameOfType } from './messages.js';

interface RestError {
  status: number;
  body: object;
}

/** A failure as the old service's consumers know it: `{"field": ["message"]}` for values, `{"detail": "…"}` for the rest. */
export function toRestError(error: TRPCError, contract: ProcedureContract, request: FastifyRequest): RestError {
  if (error.cause instanceof NoObject) return toNoObject(error.cause.body);
  const issues = refusedValuesOf(error);
  if (issues?.some(({ path }) => isInPath(contract, path[0]))) return { status: 404, body: { detail: 'Not found.' } };
  if (issues) return { status: 400, body: toFields(issues, request) };
  const code = errorCodeOf(error);
  const { status } = errors[code];
  if (status === 404 && code !== 'page.not_found') return { status, body: { detail: 'Not found.' } };
  return { status, body: { detail: error instanceof ApiError ? error.message : errors[code].message } };
}

const toNoObject = (body: unknown): RestError => {
  const message =
    body === null ? 'No data provided' : `Invalid data. Expected a dictionary, but got ${nameOfType(body)}.`;
  return { status: 400, body: { non_field_errors: [message] } };
};

/** An id that is none, or a name that cannot be: there is nothing there. */
const isInPath = ({ path, pathFields }: ProcedureContract, field: PropertyKey | undefined) =>
  [...path.matchAll(/\{(\w+)\}/g)].some(([, name]) => (pathFields[name!] ?? name) === field);

/** One list of messages for each field; of a field that is a list, only the first wrong item is told. */
function toFields(issues: z.core.$ZodIssue[], request: FastifyRequest): Record<string, string[]> {
  const given = { ...(request.query as object), ...(request.body as object) } as Record<string, unknown>;
  const fields: Record<string, string[]> = {};
  for (const issue of issues) {
    const [first = 'non_field_errors', ...inside] = issue.path;
    const field = String(first);
    const value = inside.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      given[field],
    );
    fields[field] ??= [messageOf(issue, value)];
  }
  return fields;
}
