import { errors, type ProcedureContract } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import type { z } from 'zod';
import { ApiError, errorCodeOf, refusedValuesOf } from '../../errors.js';
import { UnreadableBody } from './body.js';
import { NoObject } from './input.js';
import { messageOf } from './messages.js';
import { nameOfType } from './python.js';

/** A status and a body, not yet written. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export const toDetail = (status: number, detail: string): Answer => ({ status, body: { detail } });

export const notFound = toDetail(404, 'Not found.');
export const notAcceptable = toDetail(406, 'Could not satisfy the request Accept header.');
export const methodNotAllowed = (method: string) => toDetail(405, `Method "${method}" not allowed.`);

/**
 * A failure as the old service's consumers know it: `{"field": ["message"]}` for values, `{"detail": "…"}` for the rest.
 *
 * @param sent the fields of the request, which messages quote
 */
export function toDrfError(thrown: unknown, contract: ProcedureContract, sent: Record<string, unknown>): Answer {
  const unreadable = [thrown, (thrown as Error).cause].find((error) => error instanceof UnreadableBody);
  if (unreadable) return toDetail(unreadable.statusCode, unreadable.message);
  if (!(thrown instanceof TRPCError)) return toDetail(500, errors['server.failed'].message);
  if (thrown.cause instanceof NoObject) return toNoObject(thrown.cause.body);
  const issues = refusedValuesOf(thrown);
  if (issues?.some(({ path }) => isInPath(contract, path[0]))) return notFound;
  if (issues) return { status: 400, body: toFields(issues, sent) };
  const code = errorCodeOf(thrown);
  const { status, message } = errors[code];
  if (status === 404 && code !== 'page.not_found') return notFound;
  return toDetail(status, thrown instanceof ApiError ? thrown.message : message);
}

const toNoObject = (body: unknown): Answer => {
  const message =
    body === null ? 'No data provided' : `Invalid data. Expected a dictionary, but got ${nameOfType(body)}.`;
  return { status: 400, body: { non_field_errors: [message] } };
};

/** An id that is none, or a name that cannot be: there is nothing there. */
const isInPath = ({ path, pathFields }: ProcedureContract, field: PropertyKey | undefined) =>
  [...path.matchAll(/\{(\w+)\}/g)].some(([, name]) => (pathFields[name!] ?? name) === field);

/** For each field everything that is wrong with it; of a list, only what is wrong with its first wrong item. */
function toFields(issues: z.core.$ZodIssue[], sent: Record<string, unknown>): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const issue of issues) {
    const [field = 'non_field_errors', item] = issue.path as [string?, number?];
    const messages = fields[field] ?? [];
    fields[field] = messages;
    if (item !== undefined && messages.length > 0) continue;
    messages.push(item === undefined ? messageOf(issue, sent[field]) : messageOfItem(issue, sent[field], item));
  }
  return fields;
}

/** A name that PostgreSQL could not even be asked for is no value at all. */
function messageOfItem(issue: z.core.$ZodIssue, list: unknown, item: number): string {
  const isUnaskable = issue.code === 'custom' && issue.params?.reason === 'null_character';
  const value = Array.isArray(list) ? list[item] : Object.keys(list as object)[item];
  return isUnaskable ? 'Invalid value.' : messageOf(issue, value);
}
