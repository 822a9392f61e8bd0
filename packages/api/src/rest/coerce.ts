import { z } from 'zod';
import { parseDrfDatetime } from './datetime.js';

export type Coerce = (value: unknown) => unknown;

/*
 * How Django REST Framework reads a value before it judges it: numbers are taken for strings and the other way round,
 * white space around strings is cut off, many words mean true. What cannot be read is left as it is, for the schema to
 * refuse.
 */
const toText: Coerce = (value) => {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : value;
};

const toInteger: Coerce = (value) => {
  if (value === '') return null;
  if (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
  return typeof value === 'number' ? Math.trunc(value) : value;
};

const trueWords = new Set(['t', 'y', 'yes', 'true', 'on', '1']);
const falseWords = new Set(['f', 'n', 'no', 'false', 'off', '0']);

const toBoolean: Coerce = (value) => {
  const word = String(value).toLowerCase();
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : value;
};

const toDate: Coerce = (value) => (typeof value === 'string' ? (parseDrfDatetime(value) ?? value) : value);

/** How a field of this schema is read. */
export function coercionOf(schema: z.ZodType): Coerce {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return coercionOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return coercionOf(schema.out as z.ZodType);
  if (schema instanceof z.ZodArray) {
    const each = coercionOf(schema.element as z.ZodType);
    return (value) => (Array.isArray(value) ? value.map(each) : value);
  }
  if (schema instanceof z.ZodString) return toText;
  if (schema instanceof z.ZodNumber) return toInteger;
  if (schema instanceof z.ZodBoolean) return toBoolean;
  return schema instanceof z.ZodDate ? toDate : (value) => value;
}
