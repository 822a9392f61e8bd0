import { hasLongList, isLong, mapInSlices } from '../../slices.js';

type Finish = (text: string) => string;
const asItIs: Finish = (text) => text;

/**
 * A body as JSON; one with a long list in slices, and encoded already: ten megabytes of text would be encoded at once.
 *
 * @param indent blanks for each level; 0 for one line
 * @param finish what becomes of each part of the text, as it would of the whole
 */
export const toJsonText = (body: unknown, indent: number, finish = asItIs): string | Promise<Buffer> =>
  hasLongList(body) ? writeInSlices(body, indent, finish) : finish(JSON.stringify(body, null, indent));

/** As `JSON.stringify` writes it. */
async function writeInSlices(body: Record<string, unknown>, indent: number, finish: Finish): Promise<Buffer> {
  const lineOf = (level: number) => (indent === 0 ? '' : `\n${' '.repeat(indent * level)}`);
  // No text in JSON has a line end of its own.
  const write = (value: unknown, level: number) =>
    finish(JSON.stringify(value, null, indent).replaceAll('\n', lineOf(level)));
  const parts: (string | Buffer)[] = [];
  for (const [key, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const name = finish(`${lineOf(1)}${JSON.stringify(key)}:${indent === 0 ? '' : ' '}`);
    parts.push(parts.length === 0 ? '{' : ',', name);
    if (isLong(value)) {
      const rows = await mapInSlices(value, (row) => Buffer.from(`,${lineOf(2)}${write(row, 2)}`));
      rows[0] = rows[0]!.subarray(1);
      parts.push('[', Buffer.concat(rows), `${lineOf(1)}]`);
    } else {
      parts.push(write(value, 1));
    }
  }
  parts.push(`${lineOf(0)}}`);
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}
