import { createHeaderReader, type Header, namedDelimiter } from './csv-header.js';
import { cutAlone } from './csv-line.js';
import { createRowReader, type LooksLikeRow } from './csv-rows.js';
import type { DecodedFile } from './encoding.js';
import { isTooLong, longestRow, readLines } from './lines.js';
import { type LineCounts, noLines, type TakeRows, unreadable } from './rows.js';

/**
 * Reads CSV: a header that names the columns, and a row for each client. Columns that `fields` does not name are left
 * out. Gives the counts of the lines that are not rows.
 *
 * @throws ApiError client.file_unreadable
 */
export async function readCsv(
  { encoding, text }: DecodedFile,
  fields: readonly string[],
  looksLikeRow: LooksLikeRow,
  take: TakeRows,
): Promise<LineCounts> {
  const counts = noLines();
  const toHeader = createHead(fields, encoding, looksLikeRow, counts);
  let rows: ReturnType<typeof createRowReader> | null = null;
  const begin = (header: Header | null) => (header ? createRowReader(header, looksLikeRow, counts) : null);
  for await (const lines of readLines(text)) {
    for (const line of lines) {
      counts.lines += 1;
      if (rows) rows.take(counts.lines, line);
      else rows = begin(toHeader.take(line));
    }
    if (rows) await take(rows.drain());
  }
  rows ??= begin(toHeader.end());
  rows!.end();
  await take(rows!.drain());
  return counts;
}

/** Reads what stands before the first row: a line that names the delimiter, blank lines, the header. */
function createHead(fields: readonly string[], encoding: string, looksLikeRow: LooksLikeRow, counts: LineCounts) {
  let reader: ReturnType<typeof createHeaderReader> | null = null;
  let named: string | null = null;

  function check(header: Header | null): Header | null {
    const swallowed = header?.lines
      .slice(1)
      .some((line) => looksLikeRow(header.toRow(0, cutAlone(line, header.delimiter)).fields));
    if (swallowed) throw unreadable('a quote in its header closes only after a row.');
    return header;
  }

  return {
    take(line: string): Header | null {
      if (counts.lines === 1) {
        named = namedDelimiter(line);
        if (named !== null) {
          counts.header += 1;
          return null;
        }
      }
      if (isTooLong(line)) {
        throw unreadable(`its header has more than ${longestRow} characters. It was read as ${encoding}.`);
      }
      if (!reader && isBlank(line, named)) {
        counts.blank += 1;
        return null;
      }
      counts.header += 1;
      reader ??= createHeaderReader(fields, encoding, named);
      return check(reader.take(line));
    },
    end(): Header {
      if (!reader) throw unreadable('it is empty.');
      return check(reader.end())!;
    },
  };
}

/** A line of blanks and delimiters. */
const isBlank = (line: string, named: string | null) => line.replaceAll(named ?? /[,;\t]/g, '').trim() === '';
