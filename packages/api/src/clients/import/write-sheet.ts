import { type ImportReport, mostRowsTold } from '@showroom/contract';
import type { Transaction } from '@showroom/database';
import { record } from '../../audit/record.js';
import type { Call } from '../../context.js';
import { keepAnswer } from '../../idempotency/once.js';
import { toRefusal, withMissingIds } from './report.js';
import type { LineCounts } from './rows.js';
import type { JudgedRefusal, Sheet } from './sheet.js';
import type { Spool } from './spool.js';

interface ReadFile {
  readonly sheet: Sheet;
  readonly lines: LineCounts;
  readonly spool: Spool;
  readonly known: 'add' | 'update' | 'skip';
}

/** Writes what is good in a file, in one transaction, and reports what became of all of it. */
export const writeSheet = (call: Call, { sheet, lines, spool, known }: ReadFile): Promise<ImportReport> =>
  call.deps.database.transaction(async (transaction) => {
    const terms = { known, most: mostRowsTold };
    const result = await call.deps.database.importClients(transaction, spool.read(), terms);
    const { created, updated, repeated, alreadyKnown, ofNothing } = result;
    const { rows, normalized, warned } = sheet.counts;
    const refused = sheet.counts.refused + ofNothing.count;
    const counts = {
      ...lines,
      rows,
      created,
      updated,
      skipped: rows - created - updated - refused,
      refused,
      normalized,
      warned,
      repeated_in_file: repeated,
      already_known: alreadyKnown,
    };
    const judged = await lookUp(call, transaction, sheet.errors);
    const told = [...judged, ...ofNothing.first.map(toRefusal)].sort((a, b) => a.row - b.row);
    const report = { ...counts, errors: told.slice(0, mostRowsTold), warnings: sheet.warnings };
    await record(call, transaction, { row: 'import', new: { known, ...counts } });
    await keepAnswer(call, transaction, report);
    return report;
  });

/** A row that is refused for other reasons names its unknown ids, too: everything wrong with it is told at once. */
async function lookUp({ deps: { database } }: Call, transaction: Transaction, refusals: readonly JudgedRefusal[]) {
  const find = async (table: 'codes' | 'tags', ids: (number | null)[]) => {
    const asked = ids.filter((id) => id !== null);
    const rows = await database.sql<{ id: number }>(
      `SELECT id::float8 AS id FROM ${table} WHERE id = ANY($1::bigint[])`,
      [asked],
      transaction,
    );
    return new Set(rows.map(({ id }) => id));
  };
  const codes = await find(
    'codes',
    refusals.map(({ codeId }) => codeId),
  );
  const tags = await find(
    'tags',
    refusals.map(({ tagId }) => tagId),
  );
  return refusals.map((refusal) => withMissingIds(refusal, codes, tags));
}
