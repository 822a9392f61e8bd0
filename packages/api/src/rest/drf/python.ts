import { shorten } from '../../shorten.js';

/*
 * Values as Python sees them, where its view shows in an answer: the names of types, how a value is written, what
 * counts as white space.
 */

/** A JSON number that Python reads as a float: `1.0` is one, and is written `1.0`, not `1`. */
export class PythonFloat {
  constructor(readonly value: number) {}

  toString(): string {
    if (!Number.isFinite(this.value)) return this.value > 0 ? 'inf' : '-inf';
    const magnitude = Math.abs(this.value);
    const plain = this.value === 0 || (magnitude >= 1e-4 && magnitude < 1e16);
    if (!plain) return this.value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
    return Number.isInteger(this.value) ? `${this.value}.0` : String(this.value);
  }
}

export const isNumber = (value: unknown): value is number | bigint | PythonFloat =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof PythonFloat;

/** What Python calls the type of a JSON value. */
export function nameOfType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (value instanceof PythonFloat) return 'float';
  if (isNumber(value)) return 'int';
  if (Array.isArray(value)) return 'list';
  return { string: 'str', boolean: 'bool' }[typeof value as string] ?? 'dict';
}

const deepest = 20;
/** Longer than any name of a row. */
const longestText = 500;

/** `str(value)`; a string within a list or dict has its quotes. Only the beginning of a long list or dict is written. */
export function toPythonText(value: unknown): string {
  if (typeof value === 'string') return value;
  let text = '';
  for (const part of partsOf(value)) {
    text += part;
    if (text.length > longestText) return shorten(text, longestText);
  }
  return text;
}

/** The same for a message to quote: of a long string, too, only the beginning. */
export const toQuotedText = (value: unknown): string => shorten(toPythonText(value), longestText);

function* partsOf(value: unknown, depth = 0): Generator<string> {
  if (value === null || value === undefined) yield 'None';
  else if (typeof value === 'boolean') yield value ? 'True' : 'False';
  else if (isNumber(value)) yield String(value);
  else if (typeof value === 'string') yield `'${value}'`;
  else if (depth > deepest) yield '...';
  else if (Array.isArray(value)) yield* partsOfList(value, depth);
  else yield* partsOfDict(value as Record<string, unknown>, depth);
}

function* partsOfList(list: unknown[], depth: number): Generator<string> {
  yield '[';
  for (const [n, item] of list.entries()) {
    if (n > 0) yield ', ';
    yield* partsOf(item, depth + 1);
  }
  yield ']';
}

function* partsOfDict(dict: Record<string, unknown>, depth: number): Generator<string> {
  yield '{';
  for (const [n, key] of Object.keys(dict).entries()) {
    yield `${n > 0 ? ', ' : ''}'${key}': `;
    yield* partsOf(dict[key], depth + 1);
  }
  yield '}';
}

/** All of Unicode's, and four control characters that separate. */
const whiteSpace = new Set(
  '\t\n\v\f\r \x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);

/** `value.strip()`: JavaScript's trim knows other characters. A pattern would try each of a million blanks anew. */
export function strip(value: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && whiteSpace.has(value[start]!)) start++;
  while (end > start && whiteSpace.has(value[end - 1]!)) end--;
  return value.slice(start, end);
}
