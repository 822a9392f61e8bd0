import { NewClient } from '@showroom/contract';
import type { z } from 'zod';
import type { RawRow } from './rows.js';

/** Field → what is wrong with it; `row` → what is wrong with all of it. */
export type RowErrors = Record<string, string[]>;

export type JudgedRow = { readonly client: NewClient } | { readonly errors: RowErrors };

/**
 * What a row says, or everything that is wrong with it. Numbers may be written as text, as CSV has them, and telephone
 * numbers as numbers.
 *
 * @example judgeRow({ phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: '1', tag: '2' })
 */
export function judgeRow(row: RawRow): JudgedRow {
  if (typeof row === 'string') return { errors: { row: [row] } };
  const { phone_number, timezone, mobile_operator_code, tag } = row;
  const given = {
    phone_number: typeof phone_number === 'number' ? String(phone_number) : phone_number,
    timezone,
    mobile_operator_code: toInteger(mobile_operator_code),
    tag: toInteger(tag),
  };
  const read = NewClient.safeParse(given);
  return read.success ? { client: read.data } : { errors: toErrors(read.error.issues, given) };
}

const toInteger = (value: unknown) => (typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value);

function toErrors(issues: z.core.$ZodIssue[], given: Record<string, unknown>): RowErrors {
  const errors: RowErrors = {};
  for (const found of issues) {
    const field = String(found.path[0]);
    errors[field] = [...(errors[field] ?? []), toWords(found, given[field])];
  }
  return errors;
}

function toWords(found: z.core.$ZodIssue, value: unknown): string {
  if (found.code === 'too_big' && found.origin === 'string') return `Must have at most ${found.maximum} characters.`;
  if (found.code !== 'invalid_type') return found.message;
  if (value === undefined) return 'Is missing.';
  return found.expected === 'string' ? 'Must be a text.' : 'Must be a whole number.';
}
