import { TextDecoder } from 'node:util';
import type { UploadedFile } from '../../context.js';
import { unreadable } from './rows.js';

/** A file as text, piece by piece. What is not in its encoding is U+FFFD in the text. */
export interface DecodedFile {
  /** The name of the encoding, in lower case. */
  readonly encoding: string;
  readonly text: AsyncIterable<string>;
}

/** Bytes that a file begins with when it cannot be text that we read. */
const otherFiles: [bytes: number[], why: string][] = [
  [[0x50, 0x4b, 0x03, 0x04], 'it is a ZIP archive, as workbooks of Excel and LibreOffice are. Save the sheet as CSV.'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'it is a workbook of an old Excel. Save the sheet as CSV.'],
  [[0x1f, 0x8b], 'it is compressed with gzip. Send it uncompressed.'],
  [[0xff, 0xfe, 0x00, 0x00], 'its encoding is UTF-32. Save it as UTF-8.'],
  [[0x00, 0x00, 0xfe, 0xff], 'its encoding is UTF-32. Save it as UTF-8.'],
];

const byteOrderMarks: [bytes: number[], encoding: string][] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/** As many first bytes as it takes to know a file. */
const enough = 512;

/**
 * Decodes a file. Its byte order mark tells the encoding; without one, its `charset` does. A file with neither is UTF-8,
 * or UTF-16 if every other byte at its beginning is zero.
 *
 * @throws ApiError client.file_unreadable for a ZIP archive and the like
 * @example const { encoding, text } = await decodeFile({ type: 'text/csv', charset: null, bytes });
 */
export async function decodeFile({ bytes, charset }: UploadedFile): Promise<DecodedFile> {
  const pieces = bytes[Symbol.asyncIterator]();
  const first = await readFirst(pieces);
  const other = otherFiles.find(([mark]) => beginsWith(first, mark));
  if (other) {
    await pieces.return?.();
    throw unreadable(other[1]);
  }
  const decoder = new TextDecoder(encodingOf(first, charset));
  return { encoding: decoder.encoding, text: decode(decoder, first, pieces) };
}

async function readFirst(pieces: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let first = Buffer.alloc(0);
  while (first.length < enough) {
    const { done, value } = await pieces.next();
    if (done) break;
    first = Buffer.concat([first, value]);
  }
  return first;
}

const beginsWith = (first: Buffer, mark: number[]) => mark.every((byte, index) => first[index] === byte);

function encodingOf(first: Buffer, charset: string | null): string {
  const marked = byteOrderMarks.find(([mark]) => beginsWith(first, mark));
  if (marked) return marked[1];
  // `utf-16` alone does not tell which byte comes first.
  const isOpen = charset === null || charset.toLowerCase() === 'utf-16';
  return (isOpen ? wideEncodingOf(first) : null) ?? charset ?? 'utf-8';
}

/** Fewer zeros than this may be a damage. */
const fewestZeros = 8;

/** A header is ASCII in the columns that count: in UTF-16 every other byte of it is zero. */
function wideEncodingOf(first: Buffer): string | null {
  const zerosAt = (remainder: number) => first.filter((byte, index) => byte === 0 && index % 2 === remainder).length;
  const [even, odd] = [zerosAt(0), zerosAt(1)];
  if (Math.max(even, odd) < Math.max(fewestZeros, first.length / 8)) return null;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

async function* decode(
  decoder: TextDecoder,
  first: Buffer,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<string, void> {
  try {
    yield decoder.decode(first, { stream: true });
    for (let next = await rest.next(); !next.done; next = await rest.next()) {
      yield decoder.decode(next.value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    await rest.return?.();
  }
}
