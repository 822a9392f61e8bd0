import { createHash } from 'node:crypto';
import {
  type ImportOptions,
  type ImportReport,
  mostRefusalsTold,
  NewClient,
  type RefusedRow,
} from '@showroom/contract';
import { type RowOfNothing, toImportLine } from '@showroom/database';
import { record } from '../../audit/record.js';
import type { Call, UploadedFile } from '../../context.js';
import { ApiError, forbidden } from '../../errors.js';
import { keepAnswer, onceByKey } from '../../idempotency/once.js';
import { readCsv } from './csv.js';
import { judgeRow, type RowErrors } from './judge-row.js';
import { readNdjson } from './ndjson.js';
import type { RawRow, TakeRows } from './rows.js';
import { type Spool, withSpool } from './spool.js';

/** A file that has come in whole: its good rows are in the spool. */
interface Sheet {
  rows: number;
  refused: number;
  readonly errors: RefusedRow[];
}

/**
 * Imports a file of clients. It is read and judged while it comes in, without a hold on the database; what is good in it
 * is written then in one transaction. So a file that breaks off leaves nothing behind, and memory stays flat.
 *
 * @throws ApiError request.no_file, client.file_unreadable, request.too_large; auth.forbidden to update without that right
 */
export async function importClients(call: Call, { known = 'add' }: ImportOptions): Promise<ImportReport> {
  const { file } = call.entrance;
  if (!file) throw new ApiError('request.no_file');
  if (known === 'update' && !mayChange(call)) throw forbidden('change_client');
  return withSpool(async (spool) => {
    const digest = createHash('sha256');
    const sheet = await readSheet(hashed(file, digest), spool);
    return onceByKey(call, { known, file: digest.digest('base64') }, (keyed) => write(keyed, sheet, spool, known));
  });
}

const mayChange = ({ caller }: Call) => caller.isSuperuser || caller.permissions.has('change_client');

const hashed = ({ type, bytes }: UploadedFile, digest: ReturnType<typeof createHash>): UploadedFile => ({
  type,
  bytes: (async function* () {
    for await (const piece of bytes) {
      digest.update(piece);
      yield piece;
    }
  })(),
});

async function readSheet({ type, bytes }: UploadedFile, spool: Spool): Promise<Sheet> {
  const sheet: Sheet = { rows: 0, refused: 0, errors: [] };
  const take: TakeRows = async (rows) => {
    const lines = rows.map((row) => judge(sheet, row)).join('');
    if (lines !== '') await spool.write(lines);
  };
  if (type === 'text/csv') await readCsv(bytes, Object.keys(NewClient.shape), take);
  else await readNdjson(bytes, take);
  return sheet;
}

/** The row's line for the spool, or nothing when it is refused. */
function judge(sheet: Sheet, raw: RawRow): string {
  sheet.rows += 1;
  const row = sheet.rows;
  const judged = judgeRow(raw);
  if ('errors' in judged) {
    sheet.refused += 1;
    if (sheet.errors.length < mostRefusalsTold) sheet.errors.push({ row, errors: judged.errors });
    return '';
  }
  const { phone_number: phoneNumber, timezone, mobile_operator_code: codeId, tag: tagId } = judged.client;
  return toImportLine({ row, phoneNumber, timezone, codeId, tagId });
}

const write = (call: Call, sheet: Sheet, spool: Spool, known: 'add' | 'update' | 'skip'): Promise<ImportReport> =>
  call.deps.database.transaction(async (transaction) => {
    const terms = { known, most: mostRefusalsTold };
    const result = await call.deps.database.importClients(transaction, spool.read(), terms);
    const { created, updated, ofNothing } = result;
    const refused = sheet.refused + ofNothing.count;
    const counts = { rows: sheet.rows, created, updated, skipped: sheet.rows - created - updated - refused, refused };
    const told = [...sheet.errors, ...ofNothing.first.map(toRefusedRow)].sort((a, b) => a.row - b.row);
    const report = { ...counts, errors: told.slice(0, mostRefusalsTold) };
    await record(call, transaction, { row: 'import', new: { known, ...counts } });
    await keepAnswer(call, transaction, report);
    return report;
  });

function toRefusedRow({ row, codeId, tagId }: RowOfNothing): RefusedRow {
  const errors: RowErrors = {};
  if (codeId !== null) errors.mobile_operator_code = [`There is no row with the id ${codeId}.`];
  if (tagId !== null) errors.tag = [`There is no row with the id ${tagId}.`];
  return { row, errors };
}
