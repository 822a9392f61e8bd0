import Papa from 'papaparse';
import { createRowGuard, decode, type RawRow, type TakeRows, unreadable } from './rows.js';

/** Spreadsheets of many countries write semicolons. */
const delimiters = [',', ';', '\t'];

/**
 * Reads CSV: a header that names the columns, in any order, and a row for each client. Columns that `fields` does not
 * name are left out; empty rows are none.
 *
 * @throws ApiError client.file_unreadable
 */
export async function readCsv(bytes: AsyncIterable<Uint8Array>, fields: string[], take: TakeRows): Promise<void> {
  const guard = createRowGuard();
  let parse: ParsePiece | null = null;
  let toRow: ((cells: string[]) => RawRow) | null = null;
  let rest = '';

  async function read(isLast: boolean): Promise<void> {
    parse ??= compileParse(rest);
    const { table, end } = parse(rest, isLast);
    rest = rest.slice(end);
    const rows = table.filter(isNotEmpty);
    if (rows.length === 0) return;
    guard.sawRows();
    toRow ??= compileHeader(rows.shift()!, fields);
    await take(rows.map(toRow));
  }

  for await (const text of decode(bytes)) {
    guard.sawText(text.length);
    rest += text;
    // Only a whole line tells how lines end, and what is between columns.
    if (parse || rest.includes('\n')) await read(false);
  }
  await read(true);
  if (!toRow) throw unreadable('it is empty.');
}

const isNotEmpty = (cells: string[]) => cells.some((cell) => cell.trim() !== '');

/** Reads as many rows as a text has to their end; the last one may go on where the text ends, unless it is the last. */
type ParsePiece = (text: string, isLast: boolean) => { table: string[][]; end: number };

/** Papa Parse's inner parser, which takes a file piece by piece; its streams would read ahead without limit. */
function compileParse(beginning: string): ParsePiece {
  const [header = ''] = beginning.split('\n', 1);
  const often = (delimiter: string) => header.split(delimiter).length;
  const delimiter = delimiters.reduce((best, each) => (often(each) > often(best) ? each : best));
  const newline = header.endsWith('\r') ? '\r\n' : '\n';
  return (text, isLast) => {
    const { data, meta } = new Papa.Parser({ delimiter, newline }).parse(text, 0, !isLast);
    return { table: data, end: isLast ? text.length : meta.cursor };
  };
}

function compileHeader(header: string[], fields: string[]): (cells: string[]) => RawRow {
  const names = header.map((name) => name.trim().toLowerCase());
  const lacking = fields.filter((field) => !names.includes(field));
  if (lacking.length > 0) throw unreadable(`its header lacks ${lacking.join(', ')}.`);
  const twice = fields.find((field) => names.indexOf(field) !== names.lastIndexOf(field));
  if (twice) throw unreadable(`its header names ${twice} twice.`);
  const columns = fields.map((field) => [field, names.indexOf(field)] as const);
  return (cells) => {
    if (cells.length > names.length) return `Has ${cells.length} values, where the header has ${names.length}.`;
    return Object.fromEntries(columns.map(([field, column]) => [field, toValue(cells[column])]));
  };
}

/** A cell that is not there, or empty, is no value. */
const toValue = (cell: string | undefined): string | undefined => cell?.trim() || undefined;
