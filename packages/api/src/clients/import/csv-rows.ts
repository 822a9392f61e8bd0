import type { Header } from './csv-header.js';
import { cutAlone, cutLine, findClosing } from './csv-line.js';
import { isTooLong, longestRow } from './lines.js';
import type { GivenRow, LineCounts } from './rows.js';

/** A row that is not complete: a quoted value goes on in the next line. */
interface OpenRow {
  readonly line: number;
  readonly lines: string[];
  readonly cells: string[];
  /** The quoted value so far. */
  value: string;
  length: number;
}

/** Says whether what a line gives could be a client. */
export type LooksLikeRow = (fields: Record<string, unknown>) => boolean;

/**
 * Puts lines together to rows. A quoted value may go on over lines. If its quote never closes, the row is refused and so
 * is each line that the quote swallowed; reading goes on after them. No line that is a row is lost without a word.
 *
 * What may be a mistake counts as one: a quote that closes in the middle of a value on a later line, and a value that has
 * swallowed a line that is a row by itself.
 */
export function createRowReader(header: Header, looksLikeRow: LooksLikeRow, counts: LineCounts) {
  const { delimiter, toRow } = header;
  let open: OpenRow | null = null;
  /** The line whose quote has swallowed more than a row may have. */
  let runaway: number | null = null;
  let rows: GivenRow[] = [];

  const readAlone = (line: number, text: string) => toRow(line, cutAlone(text, delimiter));

  function add(line: number, cells: readonly string[], lines: number): void {
    if (cells.every((cell) => cell.trim() === '')) {
      counts.blank += lines;
      return;
    }
    counts.continued += lines - 1;
    rows.push(toRow(line, cells));
  }

  function refuse(line: number, text: string, problem: string): void {
    rows.push({ ...readAlone(line, text), problem });
  }

  function refuseSwallowed(opening: number, line: number, text: string): void {
    if (text.trim() === '') counts.blank += 1;
    else refuse(line, text, `Is inside the quote that opens in line ${opening}.`);
  }

  function refuseOpen({ line, lines }: OpenRow, problem: string): void {
    refuse(line, lines[0]!, problem);
    for (let index = 1; index < lines.length; index++) refuseSwallowed(line, line + index, lines[index]!);
  }

  /** Whether other rows than this one stand in its lines. */
  function hasSwallowed({ line, lines }: OpenRow, cells: readonly string[]): boolean {
    const alike = lines.map((text) => readAlone(line, text)).filter(({ fields }) => looksLikeRow(fields));
    if (alike.length === 0) return false;
    return alike.length > 1 || !isSame(alike[0]!.fields, toRow(line, cells).fields);
  }

  function goOn(row: OpenRow, line: number, text: string): OpenRow | null {
    const cut = cutLine(text, delimiter, row.lines.length > 0 ? row.value : null);
    row.lines.push(text);
    row.length += text.length + 1;
    for (const cell of cut.cells) row.cells.push(cell);
    if (cut.isBroken) {
      refuseOpen(row, `A quote opens here and closes within a value of line ${line}.`);
      return null;
    }
    if (cut.isOpen && row.length <= longestRow) {
      row.value = `${row.cells.pop()}\n`;
      return row;
    }
    if (cut.isOpen) {
      refuseOpen(row, neverCloses);
      runaway = row.line;
    } else if (hasSwallowed(row, row.cells)) {
      refuseOpen(row, `A quote opens here and closes in line ${line}, after a line that is a row by itself.`);
    } else add(row.line, row.cells, row.lines.length);
    return null;
  }

  function take(line: number, text: string): void {
    if (runaway !== null) {
      refuseSwallowed(runaway, line, text);
      if (findClosing(text, 0) >= 0) runaway = null;
    } else if (isTooLong(text)) {
      if (open) refuseOpen(open, neverCloses);
      open = null;
      rows.push({ line, fields: {}, problem: `Has more than ${longestRow} characters.` });
    } else if (open) {
      open = goOn(open, line, text);
    } else if (text.includes('"')) {
      const cut = cutLine(text, delimiter);
      if (cut.isOpen) open = goOn({ line, lines: [], cells: [], value: '', length: 0 }, line, text);
      else add(line, cut.cells, 1);
    } else add(line, text.split(delimiter), 1);
  }

  return {
    take,
    /** The rows since it was asked last. */
    drain(): GivenRow[] {
      const drained = rows;
      rows = [];
      return drained;
    },
    /** The file ends. */
    end(): void {
      if (open) refuseOpen(open, neverCloses);
      open = null;
    },
  };
}

const neverCloses = 'A quote opens here and never closes.';

const isSame = (some: Record<string, unknown>, other: Record<string, unknown>) =>
  Object.entries(some).every(([field, value]) => other[field] === value);
