import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Transaction } from 'sequelize';

/** A client as it is to be imported; `row` tells the rows of a file apart. */
export interface ImportedRow {
  readonly row: number;
  readonly phoneNumber: string;
  readonly timezone: string;
  readonly codeId: number;
  readonly tagId: number;
}

/** A row whose code or tag is none. */
export interface RowOfNothing {
  readonly row: number;
  /** The id that is none, where the code's is. */
  readonly codeId: number | null;
  readonly tagId: number | null;
}

export interface ImportResult {
  readonly created: number;
  readonly updated: number;
  readonly ofNothing: { readonly count: number; readonly first: readonly RowOfNothing[] };
}

export interface ImportTerms {
  /** What to do with a row whose number a client has already. */
  readonly known: 'add' | 'update' | 'skip';
  /** How many rows of nothing to tell of. */
  readonly most: number;
}

/**
 * A row in the form in which `importClients` takes it. The number is digits and the time zone a name, so that nothing in
 * them means anything to COPY.
 */
export const toImportLine = ({ row, phoneNumber, timezone, codeId, tagId }: ImportedRow): string =>
  `${row}\t${phoneNumber}\t${timezone}\t${codeId}\t${tagId}\n`;

const makeTable = `
  CREATE TEMP TABLE imported (
    row integer, phone_number varchar(11), timezone varchar(50), code_id bigint, tag_id bigint) ON COMMIT DROP`;

/** What is there by now stays there until the import is over. */
const keepReferences = `
  SELECT (SELECT count(*) FROM (SELECT FROM codes WHERE id IN (SELECT code_id FROM imported) FOR KEY SHARE) c),
    (SELECT count(*) FROM (SELECT FROM tags WHERE id IN (SELECT tag_id FROM imported) FOR KEY SHARE) t)`;

const dropRowsOfNothing = `
  WITH dropped AS (
    DELETE FROM imported i USING (
      SELECT d.code_id, d.tag_id, c.id IS NULL AS no_code, t.id IS NULL AS no_tag
      FROM (SELECT DISTINCT code_id, tag_id FROM imported) d
      LEFT JOIN codes c ON c.id = d.code_id LEFT JOIN tags t ON t.id = d.tag_id
      WHERE c.id IS NULL OR t.id IS NULL) bad
    WHERE i.code_id = bad.code_id AND i.tag_id = bad.tag_id
    RETURNING i.row, CASE WHEN no_code THEN i.code_id END AS "codeId", CASE WHEN no_tag THEN i.tag_id END AS "tagId")
  SELECT *, count(*) OVER ()::int AS count FROM dropped ORDER BY row LIMIT $1`;

/** Two imports at once would both find a number unknown. */
const takeTurns = `SELECT pg_advisory_xact_lock(hashtext('showroom import'))`;

const dropSuperseded = `
  DELETE FROM imported i
  USING (SELECT phone_number, max(row) AS row FROM imported GROUP BY phone_number HAVING count(*) > 1) last
  WHERE i.phone_number = last.phone_number AND i.row < last.row`;

const updateKnown = `
  WITH changed AS (
    UPDATE clients c SET timezone = i.timezone, code_id = i.code_id, tag_id = i.tag_id
    FROM imported i
    WHERE c.phone_number = i.phone_number
      AND (c.timezone, c.code_id, c.tag_id) IS DISTINCT FROM (i.timezone, i.code_id, i.tag_id)
    RETURNING i.row)
  SELECT count(DISTINCT row)::int AS updated FROM changed`;

const insert = (condition: string) => `
  INSERT INTO clients (phone_number, timezone, code_id, tag_id)
  SELECT phone_number, timezone, code_id, tag_id FROM imported i ${condition} ORDER BY row`;

const isUnknown = 'WHERE NOT EXISTS (SELECT FROM clients c WHERE c.phone_number = i.phone_number)';

/**
 * Inserts clients by the million, and updates those that are known by their number where that is wanted; of rows with the
 * same number the last one counts then. All in the transaction: it holds no lock that others wait for, but the next import.
 *
 * @param lines what `toImportLine` made, in pieces of any size
 * @example await importClients(transaction, createReadStream(path), { known: 'update', most: 1_000 })
 */
export async function importClients(
  transaction: Transaction,
  lines: AsyncIterable<Buffer | string>,
  { known, most }: ImportTerms,
): Promise<ImportResult> {
  const client = connectionOf(transaction);
  await client.query(makeTable);
  await pipeline(lines, client.query(copyFrom('COPY imported FROM STDIN')));
  await client.query('ANALYZE imported');
  await client.query(keepReferences);
  const { rows } = await client.query<RowOfNothing & { count: number }>(dropRowsOfNothing, [most]);
  const first = rows.map(({ row, codeId, tagId }) => ({ row, codeId: numberOf(codeId), tagId: numberOf(tagId) }));
  return { ...(await write(client, known)), ofNothing: { count: rows[0]?.count ?? 0, first } };
}

async function write(client: pg.Client, known: ImportTerms['known']): Promise<{ created: number; updated: number }> {
  if (known === 'add') return { created: (await client.query(insert(''))).rowCount ?? 0, updated: 0 };
  await client.query(takeTurns);
  await client.query(dropSuperseded);
  const updated = known === 'update' ? (await client.query<{ updated: number }>(updateKnown)).rows[0]!.updated : 0;
  return { created: (await client.query(insert(isUnknown))).rowCount ?? 0, updated };
}

/** Sequelize has no COPY; the connection that a transaction runs on does, and is not in Sequelize's declarations. */
const connectionOf = (transaction: Transaction) => (transaction as unknown as { connection: pg.Client }).connection;

const numberOf = (id: number | string | null) => (id === null ? null : Number(id));
