/** The longest line, and the longest row of several lines, in characters. */
export const longestRow = 200_000;

/** Whether a line is longer than a row may be; of such a line only the beginning is kept. */
export const isTooLong = (line: string): boolean => line.length > longestRow;

/**
 * Cuts text into lines without their ends, as many at a time as a piece has. Lines end with LF, CR LF or CR, in any
 * mixture. The last line needs no end. Memory stays bounded, however long a line is.
 */
export async function* readLines(pieces: AsyncIterable<string>): AsyncGenerator<string[], void> {
  let rest = '';
  let isFirst = true;
  for await (const piece of pieces) {
    let text = rest + piece;
    // A file that was put together from several may begin with more marks than the one that the decoder removes.
    if (isFirst && text !== '') [text, isFirst] = [text.replace(/^\uFEFF+/, ''), false];
    // An LF may follow in the next piece.
    const isOpen = text.endsWith('\r');
    const lines = split(isOpen ? text.slice(0, -1) : text);
    rest = beginningOf(lines.pop()!) + (isOpen ? '\r' : '');
    if (lines.length > 0) yield lines.map(beginningOf);
  }
  const last = split(rest);
  // What follows the last line's end is not a line.
  if (last.at(-1) === '') last.pop();
  if (last.length > 0) yield last;
}

const split = (text: string): string[] => text.split(text.includes('\r') ? /\r\n|\n|\r/ : '\n');

const beginningOf = (line: string) => (isTooLong(line) ? line.slice(0, longestRow + 1) : line);
