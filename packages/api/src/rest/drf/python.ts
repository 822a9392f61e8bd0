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

/** `str(value)`; a string within a list or dict has its quotes. */
export function toPythonText(value: unknown, depth = 0): string {
  const inner = (each: unknown) => toPythonText(each, depth + 1);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isNumber(value)) return String(value);
  if (typeof value === 'string') return depth === 0 ? value : `'${value}'`;
  if (depth > deepest) return '...';
  if (Array.isArray(value)) return `[${value.map(inner).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${inner(key)}: ${inner(each)}`)
    .join(', ')}}`;
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
