import { ApiError } from '../../errors.js';

/** A row as a file has it: what it gives for each field; or, in words, why it is no row at all. */
export type RawRow = Record<string, unknown> | string;

/** Takes rows in their order, some at a time; no more are read until it has resolved. */
export type TakeRows = (rows: RawRow[]) => Promise<void>;

/** The longest row, in characters. Whatever is longer is most likely a quote that was never closed. */
const longestRow = 200_000;

export const unreadable = (why: string) => new ApiError('client.file_unreadable', `The file cannot be read: ${why}`);

/** Refuses a row that does not end, before it fills the memory. */
export function createRowGuard() {
  let sinceLastRow = 0;
  return {
    sawText(length: number): void {
      sinceLastRow += length;
      if (sinceLastRow > longestRow) throw unreadable(`a row has more than ${longestRow} characters. Is a quote open?`);
    },
    sawRows(): void {
      sinceLastRow = 0;
    },
  };
}

/**
 * A file's bytes as text, in pieces, without a byte order mark.
 *
 * @throws ApiError client.file_unreadable when it is not UTF-8
 */
export async function* decode(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const read = (piece?: Uint8Array) => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      throw unreadable('it is not UTF-8.');
    }
  };
  for await (const piece of bytes) yield read(piece);
  yield read();
}
