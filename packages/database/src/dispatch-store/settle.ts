import type { Renewal, Settlement } from '@showroom/dispatch';
import type pg from 'pg';
import type { WorkerSession } from './session.js';

type Retry = Extract<Settlement, { status: 'pending' }>;
type End = Exclude<Settlement, Retry>;

/** Retries fall due on this grid, so that a range comes back for many of them at once, not for each. */
const retryGrid = '500 ms';

export async function settle(pool: pg.Pool, settlements: readonly Settlement[]): Promise<void> {
  const isRetry = (settlement: Settlement): settlement is Retry => settlement.status === 'pending';
  const ends = settlements.filter((settlement): settlement is End => !isRetry(settlement));
  for (const group of byRangeAndStatus(ends)) await writeEnds(pool, group);
  const retries = settlements.filter(isRetry);
  if (retries.length > 0) await writeRetries(pool, retries);
}

function byRangeAndStatus(ends: readonly End[]): Iterable<readonly End[]> {
  const groups = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.rangeId} ${end.status}`;
    const group = groups.get(key);
    if (group) group.push(end);
    else groups.set(key, [end]);
  }
  return groups.values();
}

/** One statement: the messages that were still open, and their number added to the range's count of that end. */
async function writeEnds(pool: pg.Pool, group: readonly End[]): Promise<void> {
  const { status, rangeId } = group[0]!;
  await pool.query({
    name: `settle-${status}`,
    text: `
      WITH settled AS (
        UPDATE messages SET status = '${status}'${status === 'sent' ? ', sent_at = clock_timestamp()' : ''}
        WHERE id = ANY($2::bigint[]) AND status = 'pending' RETURNING 1)
      UPDATE ranges SET ${status} = ${status} + (SELECT count(*) FROM settled)::int WHERE first_id = $1`,
    values: [rangeId, group.map(({ messageId }) => messageId)],
  });
}

async function writeRetries(pool: pg.Pool, retries: readonly Retry[]): Promise<void> {
  await pool.query({
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
      retries.map((retry) => retry.detail),
    ],
  });
}

const releaseRange = `
  WITH waiting AS (
    SELECT count(*) AS messages, min(t.due_at) AS due_at
    FROM retries t JOIN messages m ON m.id = t.message_id AND m.status = 'pending' WHERE t.range_id = $1),
  stand AS (
    SELECT last_id - first_id + 1 - sent - failed - expired - canceled - unknown AS open
    FROM ranges WHERE first_id = $1)
  UPDATE ranges r SET worker_id = NULL, leased_until = NULL, done = stand.open = 0,
    due_at = CASE WHEN waiting.messages < stand.open THEN clock_timestamp()
                  ELSE coalesce(waiting.due_at, r.due_at) END
  FROM waiting, stand WHERE r.first_id = $1 AND r.worker_id = $2 RETURNING done`;

/** Gives the range back; what is open without a retry (a shutdown came between) is due at once. */
export async function release(pool: pg.Pool, session: WorkerSession, rangeId: number): Promise<void> {
  const { rows } = await pool.query<{ done: boolean }>(releaseRange, [rangeId, session.workerId]);
  if (rows[0]?.done) await pool.query('DELETE FROM retries WHERE range_id = $1', [rangeId]);
}

const renewLeases = `
  UPDATE ranges r SET leased_until = clock_timestamp() + $3 * interval '1 ms'
  FROM mailings m
  WHERE r.first_id = ANY($1::bigint[]) AND r.worker_id = $2 AND m.id = r.mailing_id
  RETURNING r.first_id AS "rangeId", m.text, m.status = 'running' AND m.deleted_at IS NULL AS running,
    (extract(epoch FROM m.end_at - clock_timestamp()) * 1000)::float8 AS "endsInMs"`;

export async function renew(
  pool: pg.Pool,
  session: WorkerSession,
  rangeIds: readonly number[],
  leaseMs: number,
): Promise<Renewal[]> {
  return (await pool.query<Renewal>(renewLeases, [rangeIds, session.workerId, leaseMs])).rows;
}
