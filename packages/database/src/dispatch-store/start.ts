import type { StartResult } from '@showroom/dispatch';
import type pg from 'pg';
import { freezeNames } from '../ledger/frozen-names.js';
import { messageIdsLock } from '../locks.js';
import { inTransaction } from './transaction.js';

/** How many messages a range has at the most. */
export const rangeSize = 1_000;

interface Mailing {
  running: boolean;
  windowed: boolean;
  ended: boolean;
  due_in_ms: number;
  ends_in_ms: number;
  request_id: string | null;
  trace_parent: string | null;
}

interface Filter {
  by_tag: boolean;
  by_code: boolean;
  tag_ids: number[];
  code_ids: number[];
}

const lockMailing = `
  SELECT status = 'running' AS running, send_window_start IS NOT NULL AS windowed, request_id, trace_parent,
    end_at <= clock_timestamp() AS ended,
    (extract(epoch FROM start_at - clock_timestamp()) * 1000)::float8 AS due_in_ms,
    (extract(epoch FROM end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms
  FROM mailings m WHERE id = $1 AND status IN ('scheduled', 'running') AND deleted_at IS NULL FOR UPDATE`;

// A statement of its own, once the mailing is locked: one that has waited for the lock sees the filter of before.
const readFilter = `
  SELECT by_tag, by_code,
    ARRAY(SELECT tag_id FROM mailing_tags WHERE mailing_id = m.id) AS tag_ids,
    ARRAY(SELECT code_id FROM mailing_codes WHERE mailing_id = m.id) AS code_ids
  FROM mailings m WHERE id = $1`;

const expire = `
  UPDATE mailings m SET status = 'expired', finished_at = clock_timestamp(), ${freezeNames} WHERE id = $1`;

/** One transaction: the mailing's row is locked, so of two starts the second finds it running and does nothing. */
export const startMailing = (pool: pg.Pool, mailingId: number): Promise<StartResult> =>
  inTransaction(pool, async (client) => {
    const mailing = (await client.query<Mailing>(lockMailing, [mailingId])).rows[0];
    if (!mailing) return { kind: 'none' };
    if (mailing.running) return { kind: 'running', endsInMs: Math.max(0, mailing.ends_in_ms) };
    if (mailing.ended) {
      await client.query(expire, [mailingId]);
      return { kind: 'expired' };
    }
    if (mailing.due_in_ms > 0) return { kind: 'not_due', dueInMs: mailing.due_in_ms };
    const audience = await expand(client, mailingId, mailing);
    const origin = { requestId: mailing.request_id, traceParent: mailing.trace_parent };
    return { kind: 'started', audience, endsInMs: mailing.ends_in_ms, origin };
  });

async function expand(client: pg.PoolClient, mailingId: number, mailing: Mailing): Promise<number> {
  await client.query('SELECT pg_advisory_xact_lock($1)', [messageIdsLock]);
  const first = (await client.query<{ id: number }>(`SELECT nextval('message_ids') AS id`)).rows[0]!.id;
  const insert = mailing.windowed ? insertByZone : insertMessages;
  const filter = (await client.query<Filter>(readFilter, [mailingId])).rows[0]!;
  const audience = await insert(client, mailingId, filter, first);
  const last = first + audience - 1;
  if (audience > 0) await client.query(`SELECT setval('message_ids', $1)`, [last]);
  await client.query(
    `UPDATE mailings m SET status = 'running', started_at = clock_timestamp(),
       first_message_id = $2, last_message_id = $3, ${freezeNames} WHERE id = $1`,
    audience > 0 ? [mailingId, first, last] : [mailingId, null, null],
  );
  return audience;
}

/** The audience: tags are OR-ed, codes are OR-ed, the two are AND-ed; a filter that names none does not restrict. */
function toCondition({ by_tag, by_code, tag_ids, code_ids }: Filter, values: unknown[]): string {
  const conditions: string[] = [];
  if (by_tag) conditions.push(`tag_id = ANY($${values.push(tag_ids)}::bigint[])`);
  if (by_code) conditions.push(`code_id = ANY($${values.push(code_ids)}::bigint[])`);
  return conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
}

/** SQL: beside what picks the audience, and so of the same snapshot: what is not visible in it changed after the start. */
const noteSnapshot = `
  WITH noted AS (UPDATE mailings SET audience_snapshot = pg_current_snapshot() WHERE id = $1)`;

// The ids side by side with the clients' cost less than a row_number(); eight bytes of memory for each of them.
async function insertMessages(
  client: pg.PoolClient,
  mailingId: number,
  filter: Filter,
  first: number,
): Promise<number> {
  const values: unknown[] = [mailingId, first];
  const { rowCount } = await client.query(
    `${noteSnapshot}
     INSERT INTO messages (id, mailing_id, client_id)
     SELECT id, $1, client_id FROM (
       SELECT generate_series($2::bigint, $2::bigint + cardinality(ids) - 1) AS id, unnest(ids) AS client_id
       FROM (SELECT ARRAY(SELECT id FROM clients ${toCondition(filter, values)} ORDER BY id) AS ids) AS picked) AS numbered`,
    values,
  );
  const audience = rowCount ?? 0;
  await client.query(
    `INSERT INTO ranges (mailing_id, first_id, last_id)
     SELECT $1, id, least(id + ${rangeSize - 1}, $3) FROM generate_series($2::bigint, $3::bigint, ${rangeSize}) AS id`,
    [mailingId, first, first + audience - 1],
  );
  return audience;
}

/**
 * With a window, the audience is laid out time zone by time zone, so that a range has one zone and one time at which it
 * falls due. A zone whose window does not open before the end has nothing to wait for: its messages are expired at once.
 */
async function insertByZone(client: pg.PoolClient, mailingId: number, filter: Filter, first: number): Promise<number> {
  const values: unknown[] = [mailingId, first];
  const { rows } = await client.query<{ audience: number }>(
    `${noteSnapshot},
     m AS (SELECT end_at, send_window_start AS opens, send_window_end AS closes FROM mailings WHERE id = $1),
     picked AS MATERIALIZED (SELECT id, timezone FROM clients ${toCondition(filter, values)}),
     sizes AS MATERIALIZED (SELECT timezone, known_zone(timezone) AS zone, count(*) AS size FROM picked GROUP BY 1),
     zones AS MATERIALIZED (
       SELECT timezone, zone, size, next_due(clock_timestamp(), zone, opens, closes) AS due_at, end_at,
         $2::bigint + (sum(size) OVER (ORDER BY timezone COLLATE "C"))::bigint - size AS first_id
       FROM sizes, m),
     inserted AS (
       INSERT INTO messages (id, mailing_id, client_id, status, reason)
       SELECT z.first_id + row_number() OVER (PARTITION BY p.timezone ORDER BY p.id) - 1, $1, p.id,
         CASE WHEN z.due_at >= z.end_at THEN 'expired'::message_status ELSE 'pending' END,
         CASE WHEN z.due_at >= z.end_at THEN 'window'::message_reason END
       FROM picked p JOIN zones z ON z.timezone = p.timezone ORDER BY 1),
     ranged AS (
       INSERT INTO ranges (mailing_id, first_id, last_id, timezone, due_at, done, expired)
       SELECT $1, id, last_id, zone, due_at, due_at >= end_at,
         CASE WHEN due_at >= end_at THEN last_id - id + 1 ELSE 0 END
       FROM zones, generate_series(first_id, first_id + size - 1, ${rangeSize}) AS id,
         LATERAL (SELECT least(id + ${rangeSize - 1}, first_id + size - 1) AS last_id) AS part)
     SELECT coalesce(sum(size), 0)::int AS audience FROM sizes`,
    values,
  );
  return rows[0]!.audience;
}
