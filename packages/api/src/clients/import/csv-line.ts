/** A line of CSV that was cut into cells. */
export interface CutLine {
  readonly cells: string[];
  /** Whether the last cell is quoted and goes on in the next line. */
  readonly isOpen: boolean;
  /** Whether a quoted value that began on an earlier line is followed by text: its quote was never closed. */
  readonly isBroken: boolean;
}

/** The part of a quoted value that stands on earlier lines. */
type Before = string | null;

/**
 * Cuts one line into cells. A cell is quoted if its first character is a quote; a quote within it is doubled. What
 * follows the closing quote belongs to the value, as in Excel: `"Romashka" OOO` is `Romashka OOO`.
 *
 * @param before where a quoted value goes on: what stands on the lines before
 */
export function cutLine(line: string, delimiter: string, before: Before = null): CutLine {
  if (before === null && !line.includes('"')) return { cells: line.split(delimiter), isOpen: false, isBroken: false };
  const cells: string[] = [];
  let at = 0;
  let quoted = before;
  while (true) {
    if (quoted === null && line[at] === '"') [quoted, at] = ['', at + 1];
    let value = '';
    if (quoted !== null) {
      const closing = findClosing(line, at);
      const inside = line.slice(at, closing < 0 ? undefined : closing).replaceAll('""', '"');
      value = quoted + inside;
      if (closing < 0) return { cells: [...cells, value], isOpen: true, isBroken: false };
      at = closing + 1;
      const isFollowed = at < line.length && !line.startsWith(delimiter, at);
      if (isFollowed && before !== null && cells.length === 0) return { cells, isOpen: false, isBroken: true };
      quoted = null;
    }
    const end = line.indexOf(delimiter, at);
    cells.push(value + line.slice(at, end < 0 ? undefined : end));
    if (end < 0) return { cells, isOpen: false, isBroken: false };
    at = end + delimiter.length;
  }
}

/** Where the quote closes that is open at `at`; -1 if it does not in this line. */
export function findClosing(line: string, at: number): number {
  let found = line.indexOf('"', at);
  while (found >= 0 && line[found + 1] === '"') found = line.indexOf('"', found + 2);
  return found;
}

/**
 * Cuts a line as if it stood alone: a quote that does not close in it is a character like others. So a line can be read
 * that a broken quote before it has swallowed.
 */
export function cutAlone(line: string, delimiter: string): string[] {
  const cells: string[] = [];
  let at = 0;
  while (true) {
    const closing = line[at] === '"' ? findClosing(line, at + 1) : -1;
    const end = line.indexOf(delimiter, closing < 0 ? at : closing + 1);
    const until = end < 0 ? line.length : end;
    cells.push(
      closing < 0
        ? line.slice(at, until)
        : line.slice(at + 1, closing).replaceAll('""', '"') + line.slice(closing + 1, until),
    );
    if (end < 0) return cells;
    at = end + delimiter.length;
  }
}
