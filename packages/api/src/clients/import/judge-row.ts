import { NewClient, phoneNumberIssue } from '@showroom/contract';
import type { z } from 'zod';
import { doubtAbout, isDigits, spoiled, toDigits } from './phone-number.js';
import { type GivenRow, nameTheEncoding } from './rows.js';

/** Field → what is wrong with it; `row` → what is wrong with all of it. */
export type RowErrors = Record<string, string[]>;

export interface JudgedRow {
  /** What the row says, if nothing is wrong with it. */
  readonly client: NewClient | null;
  readonly errors: RowErrors;
  /** The ids that the row names, whatever else is wrong with it. */
  readonly codeId: number | null;
  readonly tagId: number | null;
  /** Whether the phone number had to be cleaned. */
  readonly isNormalized: boolean;
  /** Why the phone number may be wrong. */
  readonly doubt: string | null;
}

/**
 * What a row says, or everything that is wrong with it. Numbers may be written as text, as CSV has them, and phone
 * numbers as numbers, or as people write them.
 *
 * @param encoding how the file was read, for words about what is not in that encoding
 * @example judgeRow({ line: 2, fields: { phone_number: '+7 900 …', timezone: 'UTC', … } }, 'utf-8')
 */
export function judgeRow({ fields, problem }: GivenRow, encoding: string): JudgedRow {
  if (problem !== undefined) return { ...nothingKnown, errors: { row: [problem] } };
  const phone = toPhoneNumber(fields.phone_number);
  const given = {
    phone_number: phone,
    timezone: trimmed(fields.timezone),
    mobile_operator_code: toInteger(fields.mobile_operator_code),
    tag: toInteger(fields.tag),
  };
  const read = NewClient.safeParse(given);
  return {
    client: read.success ? read.data : null,
    errors: read.success ? {} : toErrors(read.error.issues, given, encoding),
    codeId: idOf(given.mobile_operator_code),
    tagId: idOf(given.tag),
    isNormalized: typeof fields.phone_number === 'string' && phone !== fields.phone_number && isDigits(phone as string),
    doubt: typeof phone === 'string' && isDigits(phone) ? doubtAbout(phone) : null,
  };
}

const nothingKnown = { client: null, codeId: null, tagId: null, isNormalized: false, doubt: null };

/** Whether a line could be a row: its phone number and its ids are digits. */
export const looksLikeRow = ({ phone_number, mobile_operator_code, tag }: Record<string, unknown>): boolean =>
  [toPhoneNumber(phone_number), trimmed(mobile_operator_code), trimmed(tag)].every(
    (value) => typeof value === 'string' && isDigits(value),
  );

const trimmed = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

function toPhoneNumber(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? toDigits(value.trim()) : value;
}

function toInteger(value: unknown): unknown {
  const text = trimmed(value);
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

const idOf = (value: unknown) => (typeof value === 'number' && Number.isSafeInteger(value) ? value : null);

function toErrors(issues: z.core.$ZodIssue[], given: Record<string, unknown>, encoding: string): RowErrors {
  const errors: RowErrors = {};
  for (const found of issues) {
    const field = String(found.path[0]);
    const value = given[field];
    const known = typeof value === 'string' ? toWordsOfFiles(field, value, encoding) : null;
    if (known !== null) errors[field] = [known];
    else errors[field] = [...(errors[field] ?? []), toWords(found, value)];
  }
  return errors;
}

/** What happens to values in files only. */
function toWordsOfFiles(field: string, value: string, encoding: string): string | null {
  if (value.includes('\uFFFD')) return `Is not ${encoding}. ${nameTheEncoding}`;
  if (field !== 'phone_number' || value === '' || isDigits(value)) return null;
  return spoiled(value) ?? phoneNumberIssue(value)?.message ?? null;
}

function toWords(found: z.core.$ZodIssue, value: unknown): string {
  if (found.code === 'too_big' && found.origin === 'string') return `Must have at most ${found.maximum} characters.`;
  if (found.code !== 'invalid_type') return found.message;
  if (value === undefined) return 'Is missing.';
  return found.expected === 'string' ? 'Must be a string.' : 'Must be a whole number.';
}
