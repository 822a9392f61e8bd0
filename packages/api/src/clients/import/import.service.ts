import { createHash } from 'node:crypto';
import type { ImportOptions, ImportReport } from '@showroom/contract';
import type { Call, UploadedFile } from '../../context.js';
import { ApiError, forbidden } from '../../errors.js';
import { onceByKey } from '../../idempotency/once.js';
import { readCsv } from './csv.js';
import { decodeFile } from './encoding.js';
import { looksLikeRow } from './judge-row.js';
import { readNdjson } from './ndjson.js';
import { withoutGaps } from './report.js';
import type { LineCounts, TakeRows } from './rows.js';
import { createSheet, fields, type Sheet } from './sheet.js';
import { type Spool, withSpool } from './spool.js';
import { writeSheet } from './write-sheet.js';

/**
 * Imports a file of clients. It is read and judged while it comes in, without a hold on the database; what is good in it
 * is written then in one transaction. So a file that breaks off leaves nothing behind, and memory stays flat.
 *
 * @throws ApiError request.no_file, client.file_unreadable, request.too_large; import.busy, import.no_space;
 *   auth.forbidden to update without that right
 */
export async function importClients(call: Call, { known = 'add' }: ImportOptions): Promise<ImportReport> {
  const { file } = call.entrance;
  if (!file) throw new ApiError('request.no_file');
  if (known === 'update' && !mayChange(call)) throw forbidden('change_client');
  const { space, queue } = call.imports;
  return withSpool(space, async (spool) => {
    const digest = createHash('sha256');
    const read = { known, spool, ...(await readSheet(hashed(file, digest), spool)) };
    const input = { known, file: digest.digest('base64') };
    const report = await queue.run(() => onceByKey(call, input, (keyed) => writeSheet(keyed, read)));
    return withoutGaps(report);
  });
}

const mayChange = ({ caller }: Call) => caller.isSuperuser || caller.permissions.has('change_client');

const hashed = (file: UploadedFile, digest: ReturnType<typeof createHash>): UploadedFile => ({
  ...file,
  bytes: (async function* () {
    for await (const piece of file.bytes) {
      digest.update(piece);
      yield piece;
    }
  })(),
});

/** Reads a file to its end. Its good rows are in the spool then. */
async function readSheet(file: UploadedFile, spool: Spool): Promise<{ sheet: Sheet; lines: LineCounts }> {
  const decoded = await decodeFile(file);
  const sheet = createSheet(decoded.encoding);
  const take: TakeRows = async (rows) => {
    let lines = '';
    for (const row of rows) lines += sheet.judge(row);
    if (lines !== '') await spool.write(lines);
  };
  const isCsv = file.type === 'text/csv';
  const lines = isCsv ? await readCsv(decoded, fields, looksLikeRow, take) : await readNdjson(decoded, take);
  return { sheet, lines };
}
