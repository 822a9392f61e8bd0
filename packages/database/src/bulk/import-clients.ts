import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Transaction } from 'sequelize';
import { longStatementMs } from '../patience.js';

/** A client as it is to be imported; `row` tells the rows of a file apart. */
export interface ImportedRow {
  readonly row: number;
  /** The line of the file on which the row begins. */
  readonly line: number;
  readonly phoneNumber: string;
  readonly timezone: string;
  readonly codeId: number;
  readonly tagId: number;
  /** The values as the file gives them, as JSON; null if they are the same as these. */
  readonly given: string | null;
}

/** A row with an id that no code, or no tag, has. */
export interface RowOfNothing {
  readonly row: number;
  readonly line: number;
  /** The code's id, if it is unknown. */
  readonly missingCodeId: number | null;
  readonly missingTagId: number | null;
  /** The values as the file gives them, by the names that the API has for them. */
  readonly values: Record<string, string>;
}

export interface ImportResult {
  readonly created: number;
  readonly updated: number;
  /** How many rows repeat the number of an earlier one. */
  readonly repeated: number;
  /** How many rows have a number that a client had before. */
  readonly alreadyKnown: number;
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
 * them means anything to COPY. JSON escapes what COPY takes for the end of a value; its backslashes are doubled.
 */
export const toImportLine = ({ row, line, phoneNumber, timezone, codeId, tagId, given }: ImportedRow): string =>
  `${row}\t${line}\t${phoneNumber}\t${timezone}\t${codeId}\t${tagId}\t${given?.replaceAll('\\', '\\\\') ?? '\\N'}\n`;

const makeTable = `
  CREATE TEMP TABLE imported (
    row integer, line integer, phone_number varchar(11), timezone varchar(50), code_id bigint, tag_id bigint, given jsonb)
  ON COMMIT DROP`;

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
    RETURNING i.*, no_code, no_tag)
  SELECT row, line, CASE WHEN no_code THEN code_id::float8 END AS "missingCodeId",
    CASE WHEN no_tag THEN tag_id::float8 END AS "missingTagId",
    coalesce(given, jsonb_build_object('phone_number', phone_number, 'timezone', timezone,
      'mobile_operator_code', code_id::text, 'tag', tag_id::text)) AS values,
    count(*) OVER ()::int AS count
  FROM dropped ORDER BY row LIMIT $1`;

const countRepeatedAndKnown = `
  WITH numbers AS MATERIALIZED (SELECT phone_number, count(*) AS rows FROM imported GROUP BY phone_number)
  SELECT (SELECT coalesce(sum(rows - 1), 0) FROM numbers)::int AS repeated,
    (SELECT coalesce(sum(rows), 0) FROM numbers n
     WHERE EXISTS (SELECT FROM clients c WHERE c.phone_number = n.phone_number))::int AS "alreadyKnown"`;

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
  const copy = Object.assign(copyFrom('COPY imported FROM STDIN'), { query_timeout: longStatementMs });
  await pipeline(lines, client.query(copy));
  await ask(client, 'ANALYZE imported');
  await ask(client, keepReferences);
  const { rows } = await ask<RowOfNothing & { count: number }>(client, dropRowsOfNothing, [most]);
  const first = rows.map(({ count: _, ...row }) => row);
  return { ...(await write(client, known)), ofNothing: { count: rows[0]?.count ?? 0, first } };
}

async function write(client: pg.Client, known: ImportTerms['known']): Promise<Omit<ImportResult, 'ofNothing'>> {
  if (known !== 'add') await ask(client, takeTurns);
  const counts = (await ask<{ repeated: number; alreadyKnown: number }>(client, countRepeatedAndKnown)).rows[0]!;
  if (known === 'add') return { ...counts, created: (await ask(client, insert(''))).rowCount ?? 0, updated: 0 };
  if (counts.repeated > 0) await ask(client, dropSuperseded);
  const updated = known === 'update' ? (await ask<{ updated: number }>(client, updateKnown)).rows[0]!.updated : 0;
  return { ...counts, created: (await ask(client, insert(isUnknown))).rowCount ?? 0, updated };
}

/** Millions of rows take longer than an answer of the API may. */
const ask = <Row extends object>(client: pg.Client, text: string, values: unknown[] = []) =>
  client.query<Row>({ text, values, query_timeout: longStatementMs } as pg.QueryConfig);

/** Sequelize has no COPY; the connection that a transaction runs on does, and is not in Sequelize's declarations. */
const connectionOf = (transaction: Transaction) => (transaction as unknown as { connection: pg.Client }).connection;
