import { createRowGuard, decode, type RawRow, type TakeRows } from './rows.js';

/**
 * Reads NDJSON: an object a line; empty lines are none.
 *
 * @throws ApiError client.file_unreadable
 */
export async function readNdjson(bytes: AsyncIterable<Uint8Array>, take: TakeRows): Promise<void> {
  const guard = createRowGuard();
  let rest = '';
  for await (const text of decode(bytes)) {
    guard.sawText(text.length);
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (lines.length > 0) guard.sawRows();
    await take(toRows(lines));
  }
  await take(toRows([rest]));
}

const toRows = (lines: string[]): RawRow[] => lines.filter((line) => line.trim() !== '').map(toRow);

function toRow(line: string): RawRow {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === 'object' && row !== null && !Array.isArray(row)
      ? (row as Record<string, unknown>)
      : 'Is no object.';
  } catch {
    return 'Is no JSON.';
  }
}
