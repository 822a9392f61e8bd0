import { cutLine } from './csv-line.js';
import { type GivenRow, nameTheEncoding, unreadable } from './rows.js';

/** Spreadsheets of many countries write semicolons. */
const usualDelimiters = [',', ';', '\t'];

/** How many lines a header may have. More than a few mean that a quote is open. */
const longestHeader = 100;

export interface Header {
  readonly delimiter: string;
  /** The lines it was read from. */
  readonly lines: readonly string[];
  /** A row of the file, by what its cells say. */
  toRow(line: number, cells: readonly string[]): GivenRow;
}

/** The delimiter that a first line names, as Excel takes it: `sep=;`. */
export const namedDelimiter = (line: string): string | null => /^"?sep=([^\w"])"?\1*$/i.exec(line)?.[1] ?? null;

/**
 * Reads a header, whose columns may come in any order and any letter case. The delimiter is the one by which most of the
 * fields are found.
 *
 * @param fields what the header must name
 * @param named the delimiter, where the file names it
 */
export function createHeaderReader(fields: readonly string[], encoding: string, named: string | null) {
  const candidates = (named === null ? usualDelimiters : [named]).map(createCandidate);
  const lines: string[] = [];

  function choose(): Header {
    const found = ({ cells }: Candidate) => toNames(cells).filter((name) => fields.includes(name)).length;
    const isBetter = (a: Candidate, b: Candidate) => (found(a) - found(b) || a.cells.length - b.cells.length) > 0;
    const best = candidates.reduce((a, b) => (isBetter(b, a) ? b : a));
    if (best.isOpen) throw unreadable('a quote in its header never closes.');
    return toHeader(best, lines, fields, encoding);
  }

  return {
    /** Takes a line. Gives the header once it is complete. */
    take(line: string): Header | null {
      lines.push(line);
      for (const candidate of candidates) candidate.take(line);
      const isComplete = candidates.some(({ isOpen, cells }) => !isOpen && lackingIn(cells, fields).length === 0);
      if (isComplete || candidates.every(({ isOpen }) => !isOpen) || lines.length >= longestHeader) return choose();
      return null;
    },
    /** The header of a file that ends. */
    end: choose,
  };
}

/** How a header reads by one delimiter. It is over at the first line that leaves no quote open. */
interface Candidate {
  readonly delimiter: string;
  readonly cells: string[];
  readonly isOpen: boolean;
  take(line: string): void;
}

function createCandidate(delimiter: string): Candidate {
  let cells: string[] = [];
  let isOpen = true;
  let isBroken = false;
  return {
    delimiter,
    get cells() {
      return cells;
    },
    get isOpen() {
      return isOpen;
    },
    take(line) {
      if (!isOpen || isBroken) return;
      const cut = cutLine(line, delimiter, cells.length > 0 ? `${cells.pop()}\n` : null);
      cells = cells.concat(cut.cells);
      ({ isBroken } = cut);
      isOpen = cut.isOpen || isBroken;
    },
  };
}

/** Headings without blanks and invisible marks around them, in lower case. */
const toNames = (cells: readonly string[]) =>
  cells.map((cell) =>
    cell
      .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
      .trim()
      .toLowerCase(),
  );

const lackingIn = (cells: readonly string[], fields: readonly string[]): string[] => {
  const names = toNames(cells);
  return fields.filter((field) => !names.includes(field));
};

function toHeader(
  { delimiter, cells: headings }: Candidate,
  lines: readonly string[],
  fields: readonly string[],
  encoding: string,
): Header {
  const names = toNames(headings);
  const lacking = lackingIn(headings, fields);
  if (lacking.length > 0) {
    const readAs = `It was read as ${encoding}, with ${JSON.stringify(delimiter)} as the delimiter.`;
    const isDoubtful = /[^\x20-\x7e\t]/.test(headings.join(''));
    const wayOut = isDoubtful ? ` ${nameTheEncoding}` : '';
    throw unreadable(`its header lacks ${lacking.join(', ')}. ${readAs}${wayOut}`);
  }
  const twice = fields.find((field) => names.indexOf(field) !== names.lastIndexOf(field));
  if (twice) throw unreadable(`its header names ${twice} twice.`);
  const columns = fields.map((field) => [field, names.indexOf(field)] as const);
  const width = names.length;
  return {
    delimiter,
    lines,
    toRow(line, cells) {
      const given: Record<string, unknown> = {};
      for (const [field, column] of columns) {
        const cell = cells[column];
        if (cell !== undefined && cell.trim() !== '') given[field] = cell;
      }
      if (cells.length <= width) return { line, fields: given };
      const filled = cells.findLastIndex((cell) => cell.trim() !== '') + 1;
      if (filled <= width) return { line, fields: given };
      return { line, fields: given, problem: `Has ${filled} values, where the header has ${width}.` };
    },
  };
}
