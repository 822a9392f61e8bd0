import { readCsv } from './csv.js';
import { decodeFile } from './encoding.js';
import { looksLikeRow } from './judge-row.js';
import { readNdjson } from './ndjson.js';
import { createSheet, fields } from './sheet.js';

export const header = 'phone_number,timezone,mobile_operator_code,tag';

/** A piece of a file; small ones cut lines, quotes and characters in two. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Reads a file as an import does, but for the database. */
export async function readFile(
  file: string | Uint8Array,
  { type = 'text/csv', charset = null as string | null, pieceSize = 65_536 } = {},
) {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  const decoded = await decodeFile({ type, charset, bytes: inPieces(bytes, pieceSize) });
  const sheet = createSheet(decoded.encoding);
  let spooled = '';
  const take = async (rows: Parameters<typeof sheet.judge>[0][]) => {
    for (const row of rows) spooled += sheet.judge(row);
  };
  const lines =
    type === 'text/csv' ? await readCsv(decoded, fields, looksLikeRow, take) : await readNdjson(decoded, take);
  const good = spooled
    .split('\n')
    .slice(0, -1)
    .map((each) => each.split('\t'))
    .map(([row, line, phone]) => ({ row: Number(row), line: Number(line), phone: phone! }));
  const { counts, errors, warnings } = sheet;
  return { lines, counts, good, errors, warnings };
}

/** Why a file cannot be read. */
export const whyUnreadable = (...args: Parameters<typeof readFile>): Promise<string> =>
  readFile(...args).then(
    () => 'it can be read',
    ({ message }: Error) => message,
  );
