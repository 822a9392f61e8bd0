import type { Result } from './run-scenario.js';

type Column = readonly [title: string, value: (result: Result) => string | number];

const columns: readonly Column[] = [
  ['scenario', ({ scenario }) => scenario],
  ['backend', ({ backend }) => backend],
  ['workers', ({ workers }) => workers],
  ['runs', ({ runs }) => runs],
  ['messages', ({ messages }) => messages],
  ['sent', ({ sent }) => sent],
  ['unknown', ({ unknown }) => unknown],
  ['failed', ({ failed }) => failed],
  ['expired', ({ expired }) => expired],
  ['lost', ({ lost }) => lost],
  ['accepted twice', ({ twice }) => twice],
  ['after end', ({ afterEnd }) => afterEnd],
  ['kills', ({ kills }) => kills],
  ['seconds', ({ seconds }) => seconds],
  ['', ({ violations }) => (violations.length > 0 ? 'VIOLATED' : '')],
];

/** A table that is markdown and, being padded, reads well in a terminal too. */
export function toTable(results: readonly Result[]): string {
  const rows = results.map((result) => columns.map(([, value]) => String(value(result))));
  const all = [columns.map(([title]) => title), ...rows];
  const widths = columns.map((_, column) => Math.max(3, ...all.map((row) => row[column]!.length)));
  const isNumber = (column: number) => typeof columns[column]![1](results[0]!) === 'number';
  const toLine = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => `${'-'.repeat(width + 1)}${isNumber(column) ? ':' : '-'}`).join('|')}|`;
  return [toLine(all[0]!), rule, ...all.slice(1).map(toLine)].join('\n');
}
