import { mostElements, takenAsWritten } from '@showroom/contract';
import { z } from 'zod';
import { parseDrfDatetime } from './datetime.js';
import { isNumber, PythonFloat, strip, toPythonText } from './python.js';

export type Coerce = (value: unknown) => unknown;

/*
 * How Django REST Framework reads a value before it judges it: numbers are taken for strings and the other way round,
 * white space around strings is cut off, many words mean true, a dict is a list of its keys. What cannot be read is
 * left as it is, for the schema to refuse.
 */
const toText: Coerce = (value) => {
  if (isNumber(value)) return String(value);
  return typeof value === 'string' ? strip(value) : value;
};

const toInteger: Coerce = (value) => {
  if (value === '') return null;
  if (typeof value === 'string' && /^[+-]?\d+$/.test(strip(value))) return Number(value);
  return value instanceof PythonFloat ? Math.trunc(value.value) : value;
};

const cases = (words: string[]) =>
  new Set(words.flatMap((word) => [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]));
const trueWords = cases(['t', 'y', 'yes', 'true', 'on', '1']);
const falseWords = cases(['f', 'n', 'no', 'false', 'off', '0']);

const toBoolean: Coerce = (value) => {
  if (typeof value !== 'string' && !isNumber(value)) return value;
  const word = String(value instanceof PythonFloat ? value.value : value);
  if (trueWords.has(word)) return true;
  return falseWords.has(word) ? false : value;
};

/** What Django would not read is no date, even if the contract's own reader would make something of it. */
const toDate: Coerce = (value) =>
  typeof value === 'string' ? (parseDrfDatetime(value) ?? new Date(Number.NaN)) : value;

/** A list of names or ids of other rows. Names are looked up as they are: nothing is cut off, anything has a text. */
function toList(element: z.ZodType): Coerce {
  const toItem = element instanceof z.ZodString ? (item: unknown) => toPythonText(item) : coercionOf(element);
  // A list that is too long is refused as it is.
  const toItems = (list: unknown[]) => (list.length > mostElements ? list : list.map(toItem));
  return (value) => {
    if (Array.isArray(value)) return toItems(value);
    const isDict = typeof value === 'object' && value !== null && !(value instanceof PythonFloat);
    return isDict ? toItems(Object.keys(value)) : value;
  };
}

/** A value that is one of the literals stands for itself; any other is read as the first option that is none. */
function toOption(options: readonly z.ZodType[]): Coerce {
  const literals = options.flatMap((option) => (option instanceof z.ZodLiteral ? [...option.values] : []));
  const other = options.find((option) => !(option instanceof z.ZodLiteral));
  const coerce = other ? coercionOf(other) : (value: unknown) => value;
  return (value) => (literals.some((literal) => literal === value) ? value : coerce(value));
}

/** How a field of this schema is read. */
export function coercionOf(schema: z.ZodType): Coerce {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return coercionOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodPipe) return coercionOf(schema.out as z.ZodType);
  if (schema instanceof z.ZodArray) return toList(schema.element as z.ZodType);
  if (takenAsWritten.has(schema)) return (value) => value;
  if (schema instanceof z.ZodUnion) return toOption(schema.options as readonly z.ZodType[]);
  if (schema instanceof z.ZodString) return toText;
  if (schema instanceof z.ZodNumber) return toInteger;
  if (schema instanceof z.ZodBoolean) return toBoolean;
  return schema instanceof z.ZodDate ? toDate : (value) => value;
}
