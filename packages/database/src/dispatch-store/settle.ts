import type { MessageReason } from '@showroom/contract';
import type { Hold, Renewal, Settlement } from '@showroom/dispatch';
import type pg from 'pg';
import { isSendingStopped } from '../ledger/sending.js';
import { settleWithdrawn } from '../ledger/withdraw.js';
import { closesInMs } from './claim.js';
import type { Lender } from './connections.js';
import { inTransaction } from './transaction.js';

type Queryable = Pick<pg.Pool | pg.PoolClient, 'query'>;

type Retry = Extract<Settlement, { status: 'pending' }>;
type End = Exclude<Settlement, Retry>;

/** Retries fall due on this grid, so that a range comes back for many of them at once, not for each. */
const retryGrid = '500 ms';

/**
 * Ends that came of the first attempt are one statement for each range. What leaves a line in a timeline, or has to be
 * asked again, is written in one transaction with its line.
 */
export async function settle(pool: pg.Pool, settlements: readonly Settlement[]): Promise<void> {
  const plain = new Map<number, number[]>();
  const told: Settlement[] = [];
  for (const settlement of settlements) {
    if (settlement.event !== null || settlement.status !== 'sent') told.push(settlement);
    else addTo(plain, settlement.rangeId, settlement.messageId);
  }
  for (const [rangeId, ids] of plain) await writeEnds(pool, { rangeId, status: 'sent', reason: null, ids });
  if (told.length > 0) await inTransaction(pool, (client) => writeTold(client, told));
}

function addTo<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

async function writeTold(client: pg.PoolClient, settlements: readonly Settlement[]): Promise<void> {
  const isRetry = (settlement: Settlement): settlement is Retry => settlement.status === 'pending';
  const ends = settlements.filter((settlement): settlement is End => !isRetry(settlement));
  const retries = settlements.filter(isRetry);
  for (const group of byRangeAndReason(ends)) await writeEnds(client, group);
  if (retries.length > 0) await writeRetries(client, retries);
  await writeEvents(client, settlements);
}

/** Messages of a range that came to the same end, for the same reason. */
interface Ends {
  readonly rangeId: number;
  readonly status: End['status'];
  /** What the end is for, where the end alone does not say it. */
  readonly reason: MessageReason | null;
  readonly ids: readonly number[];
}

const reasons = { sent: null, failed: 'refused', unknown: 'no_answer' } as const;
const reasonOf = (end: End): MessageReason | null => (end.status === 'canceled' ? end.reason : reasons[end.status]);

function byRangeAndReason(ends: readonly End[]): Ends[] {
  const groups = new Map<string, End[]>();
  for (const end of ends) addTo(groups, `${end.rangeId} ${end.status} ${reasonOf(end)}`, end);
  return [...groups.values()].map((group) => ({
    rangeId: group[0]!.rangeId,
    status: group[0]!.status,
    reason: reasonOf(group[0]!),
    ids: group.map(({ messageId }) => messageId),
  }));
}

const endsWith = ({ status, reason }: Ends) =>
  `status = '${status}'${status === 'sent' ? ', sent_at = clock_timestamp()' : `, reason = '${reason}'`}`;

/** One statement: the messages that were still open, and their number added to the range's count of that end. */
async function writeEnds(client: Queryable, ends: Ends): Promise<void> {
  const { rangeId, status, reason, ids } = ends;
  const values = [rangeId, `{${ids.join()}}`];
  const { rows } = await client.query<{ settled: number }>({
    name: `settle-${status}-${reason}`,
    text: `
      WITH settled AS (
        UPDATE messages SET ${endsWith(ends)} WHERE id = ANY($2::bigint[]) AND status = 'pending' RETURNING 1),
      counted AS (
        UPDATE ranges SET ${status} = ${status} + (SELECT count(*) FROM settled)::int WHERE first_id = $1)
      SELECT count(*)::int AS settled FROM settled`,
    values,
  });
  if (status === 'sent' && rows[0]!.settled < ids.length) await client.query(settleLate, values);
}

// The answer came after all, to a worker that had been taken for dead: what was unknown is known now.
const settleLate = `
  WITH settled AS (
    UPDATE messages SET status = 'sent', sent_at = clock_timestamp(), reason = NULL
    WHERE id = ANY($2::bigint[]) AND status = 'unknown' AND reason IN ('no_answer', 'worker_died') RETURNING 1),
  counts AS (SELECT count(*)::int AS late FROM settled)
  UPDATE ranges SET sent = sent + counts.late, unknown = unknown - counts.late FROM counts WHERE first_id = $1`;

async function writeRetries(client: Queryable, retries: readonly Retry[]): Promise<void> {
  await client.query({
    name: 'settle-retries',
    text: `
      INSERT INTO retries (message_id, range_id, attempt, due_at, outcome, detail)
      SELECT r.message_id, r.range_id, r.attempt,
        date_bin('${retryGrid}', clock_timestamp() + r.due_in_ms * interval '1 ms', 'epoch') + interval '${retryGrid}',
        r.outcome, r.detail
      FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::float8[], $5::text[], $6::text[])
        AS r(message_id, range_id, attempt, due_in_ms, outcome, detail)
      JOIN messages m ON m.id = r.message_id AND m.status = 'pending'
      ON CONFLICT (message_id) DO UPDATE
        SET attempt = excluded.attempt, due_at = excluded.due_at, outcome = excluded.outcome, detail = excluded.detail`,
    values: [
      retries.map((retry) => retry.messageId),
      retries.map((retry) => retry.rangeId),
      retries.map((retry) => retry.attempts),
      retries.map((retry) => retry.dueInMs),
      retries.map((retry) => retry.outcome),
      retries.map((retry) => retry.event?.detail ?? ''),
    ],
  });
}

/** A write that is tried again, because nobody knows whether it arrived, tells nothing twice. */
async function writeEvents(client: Queryable, settlements: readonly Settlement[]): Promise<void> {
  const told = settlements.flatMap(({ messageId, event }) => (event ? [{ messageId, ...event }] : []));
  await client.query({
    name: 'settle-events',
    text: `
      INSERT INTO message_events (message_id, event, attempt, http_status, code, latency_ms, detail)
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::text[])
        AS e(message_id, event, attempt, http_status, code, latency_ms, detail)
      WHERE NOT EXISTS (SELECT FROM message_events known WHERE known.message_id = e.message_id
        AND known.event = e.event AND known.attempt IS NOT DISTINCT FROM e.attempt)`,
    values: [
      told.map(({ messageId }) => messageId),
      told.map(({ event }) => event),
      told.map(({ attempt }) => attempt),
      told.map(({ httpStatus }) => httpStatus),
      told.map(({ code }) => code),
      told.map(({ latencyMs }) => latencyMs),
      told.map(({ detail }) => detail.replaceAll('\0', '')),
    ],
  });
}

/** SQL: whether range `r` is still held by this very claim: its worker ($2) may have claimed it again in another life. */
const isHold = 'r.worker_id = $2 AND r.claimed_at = $3::timestamptz';
const toValues = ({ rangeId, workerId, token }: Hold) => [rangeId, workerId, token];

const releaseRange = `
  WITH waiting AS (
    SELECT count(*) AS messages, min(t.due_at) AS due_at
    FROM retries t JOIN messages m ON m.id = t.message_id AND m.status = 'pending' WHERE t.range_id = $1),
  stand AS (
    SELECT last_id - first_id + 1 - sent - failed - expired - canceled - unknown AS open
    FROM ranges WHERE first_id = $1)
  UPDATE ranges r SET worker_id = NULL, leased_until = NULL, asked_to = NULL, released_at = clock_timestamp(),
    done = stand.open = 0,
    withdrawn = CASE WHEN stand.open > 0 THEN r.withdrawn END,
    due_at = next_due(CASE WHEN waiting.messages < stand.open THEN clock_timestamp()
                           ELSE coalesce(waiting.due_at, r.due_at) END,
      r.timezone, m.send_window_start, m.send_window_end)
  FROM waiting, stand, mailings m
  WHERE r.first_id = $1 AND ${isHold} AND m.id = r.mailing_id
  RETURNING done, r.mailing_id, r.withdrawn IS NOT NULL AS withdrawn`;

/**
 * Gives the range back; what is open without a retry (a shutdown came between) is due at once. Of clients that were deleted
 * meanwhile, without the worker's having learned of it, it is canceled.
 *
 * @returns the range's mailing, when all of the range has its end
 */
export async function release(pool: pg.Pool, hold: Hold): Promise<number | null> {
  const { rows } = await pool.query<{ done: boolean; mailing_id: number; withdrawn: boolean }>(
    releaseRange,
    toValues(hold),
  );
  if (rows[0]?.withdrawn) await cancelWithdrawn(pool, hold.rangeId);
  if (!rows[0]?.done) return null;
  await pool.query('DELETE FROM retries WHERE range_id = $1', [hold.rangeId]);
  return rows[0].mailing_id;
}

/** @param rangeId one range, or null for all that nobody holds */
export const cancelWithdrawn = (lender: Lender, rangeId: number | null): Promise<void> =>
  inTransaction(lender, (client) =>
    settleWithdrawn(async (statement, values) => (await client.query(statement, values)).rows, rangeId),
  );

const renewLeases = `
  UPDATE ranges r SET leased_until = clock_timestamp() + $4 * interval '1 ms'
  FROM mailings m, unnest($1::bigint[], $2::int[], $3::text[]) AS held(range_id, worker_id, token)
  WHERE r.first_id = held.range_id AND r.worker_id = held.worker_id AND r.claimed_at = held.token::timestamptz
    AND m.id = r.mailing_id
  RETURNING r.first_id AS "rangeId", held.token, m.text, coalesce(r.withdrawn, '{}')::float8[] AS withdrawn,
    m.status = 'running' AND m.deleted_at IS NULL AND NOT ${isSendingStopped} AS running,
    m.send_per_second AS "perSecond", ${closesInMs} AS "closesInMs",
    (extract(epoch FROM m.end_at - clock_timestamp()) * 1000)::float8 AS "endsInMs"`;

export async function renew(pool: pg.Pool, holds: readonly Hold[], leaseMs: number): Promise<Renewal[]> {
  const values = [
    holds.map(({ rangeId }) => rangeId),
    holds.map(({ workerId }) => workerId),
    holds.map(({ token }) => token),
    leaseMs,
  ];
  return (await pool.query<Renewal>({ name: 'renew', text: renewLeases, values })).rows;
}

const moveMark = `UPDATE ranges r SET asked_to = greatest(r.asked_to, $4) WHERE first_id = $1 AND ${isHold} AND NOT done`;

/** Before anybody asks with an id up to `toId`. False when the range is somebody else's by now. */
export async function mark(pool: pg.Pool, hold: Hold, toId: number): Promise<boolean> {
  const query = { name: 'mark', text: moveMark, values: [...toValues(hold), toId] };
  return (await pool.query(query)).rowCount === 1;
}
