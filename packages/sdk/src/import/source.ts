import type { ClientsCreateInput } from '../generated/types.js';

type Piece = Uint8Array | string;
type Bytes =
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Piece>
  | Iterable<Piece>
  | ArrayBuffer
  | ArrayBufferView
  | string;

/**
 * Where clients come from: rows, from an array, a generator or a database's cursor; or a file that is CSV or NDJSON already,
 * as a `Blob` or `File` (Node: `await openAsBlob('clients.csv')`), a stream, bytes, or text.
 */
export type ImportSource =
  | Iterable<ClientsCreateInput>
  | AsyncIterable<ClientsCreateInput>
  | { readonly csv: Bytes }
  | { readonly ndjson: Bytes };

/** How far the sending is. */
export interface ImportProgress {
  /** Bytes handed to the connection. */
  bytes: number;
  /** All bytes there are, where that is known (a `Blob`, or text). */
  totalBytes: number | undefined;
  /** Rows handed to the connection, where the source is rows. */
  rows: number | undefined;
}

/** What is sent, and as what. */
export interface Body {
  readonly type: 'text/csv' | 'application/x-ndjson';
  readonly totalBytes: number | undefined;
  /** Whether it can be read a second time, should the first try fail. */
  readonly isRepeatable: boolean;
  /** The bytes from the beginning; `onRow` is called for each row, where there are rows. */
  read(onRow: () => void): AsyncGenerator<Uint8Array>;
}

/** Reads a body, and tells how far that is after each piece that was taken. */
export async function* readWatched(
  body: Body,
  onProgress: (progress: ImportProgress) => void,
): AsyncGenerator<Uint8Array> {
  let [bytes, rows] = [0, 0];
  const pieces = body.read(() => {
    rows += 1;
  });
  for await (const piece of pieces) {
    yield piece;
    bytes += piece.byteLength;
    onProgress({ bytes, totalBytes: body.totalBytes, rows: rows || undefined });
  }
}

const encoder = new TextEncoder();
/** Rows are sent by the piece, for each piece costs more than its bytes. */
const pieceLength = 64 * 1024;

const unnamed = 'Say what the file is: { csv: … } or { ndjson: … }.';

/** @throws {TypeError} for a file of which nobody says whether it is CSV or NDJSON */
export function toBody(source: ImportSource): Body {
  if (typeof source !== 'object' || source === null || isFile(source)) throw new TypeError(unnamed);
  if ('csv' in source) return toFileBody('text/csv', source.csv);
  if ('ndjson' in source) return toFileBody('application/x-ndjson', source.ndjson);
  return {
    type: 'application/x-ndjson',
    totalBytes: undefined,
    isRepeatable: Array.isArray(source),
    read: (onRow) => readRows(source, onRow),
  };
}

/** Whatever is bytes, or gives them. */
const isFile = (source: object) =>
  source instanceof Blob ||
  source instanceof ReadableStream ||
  source instanceof ArrayBuffer ||
  ArrayBuffer.isView(source);

async function* readRows(
  rows: Iterable<object> | AsyncIterable<object>,
  onRow: () => void,
): AsyncGenerator<Uint8Array> {
  let piece = '';
  for await (const row of rows) {
    if (typeof row === 'string' || (row as unknown) instanceof Uint8Array) throw new TypeError(unnamed);
    piece += `${JSON.stringify(row)}\n`;
    onRow();
    if (piece.length < pieceLength) continue;
    yield encoder.encode(piece);
    piece = '';
  }
  if (piece) yield encoder.encode(piece);
}

function toFileBody(type: Body['type'], bytes: Bytes): Body {
  const encoded = toWhole(bytes);
  if (encoded) {
    return { type, totalBytes: encoded.length, isRepeatable: true, read: () => cut(encoded) };
  }
  if (bytes instanceof Blob) {
    return { type, totalBytes: bytes.size, isRepeatable: true, read: () => readStream(bytes.stream()) };
  }
  if (typeof bytes !== 'object' || bytes === null) throw new TypeError(`There is no file: it is ${String(bytes)}.`);
  const pieces = bytes as Exclude<typeof bytes, ArrayBufferView | ArrayBuffer>;
  const read = () => (pieces instanceof ReadableStream ? readStream(pieces) : readPieces(pieces));
  return { type, totalBytes: undefined, isRepeatable: Array.isArray(bytes), read };
}

/** All the bytes, where they are there already. */
function toWhole(bytes: Bytes): Uint8Array | undefined {
  if (typeof bytes === 'string') return encoder.encode(bytes);
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  return ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) : undefined;
}

async function* cut(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
}

async function* readPieces(pieces: AsyncIterable<Piece> | Iterable<Piece>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (typeof piece !== 'string' && !(piece instanceof Uint8Array))
      throw new TypeError('A file is made of text or bytes.');
    yield typeof piece === 'string' ? encoder.encode(piece) : piece;
  }
}

/** Not every browser's streams can be iterated. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
