import type pg from 'pg';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** SQL: whether range `r` of mailing `m` waits for a window that does not open before the end. */
export const misses = 'r.worker_id IS NULL AND r.timezone IS NOT NULL AND r.due_at >= m.end_at';

/**
 * SQL: whether message `m` of range `p` may have been asked without an answer that was written down. It was asked before
 * and met silence; or it lies below the water mark, and did not wait for its next attempt when the range was claimed.
 */
export const metSilence = `EXISTS (SELECT FROM retries t WHERE t.message_id = m.id AND t.outcome = 'unknown')`;
export const wasInFlight = `coalesce(m.id <= p.asked_to
  AND NOT EXISTS (SELECT FROM retries t WHERE t.message_id = m.id AND t.due_at > p.claimed_at), false)`;

interface Ending {
  status: 'expired' | 'canceled';
  /** SQL: the reason, from range `p` of mailing `g`. */
  reason: string;
  /** SQL: which open ranges `r` of mailing `m`. */
  ranges: string;
}

/** What is open in some ranges ends; what may have been asked is not called unsent, for nobody knows. */
const endOpenMessages = ({ status, reason, ranges }: Ending) => `
  WITH p AS (
    SELECT r.first_id, r.last_id, r.asked_to, r.claimed_at, ${reason} AS reason
    FROM ranges r JOIN mailings m ON m.id = r.mailing_id
    WHERE r.mailing_id = $1 AND NOT r.done AND ${ranges} FOR UPDATE OF r),
  settled AS (
    UPDATE messages m
    SET status = CASE WHEN ${metSilence} OR ${wasInFlight} THEN 'unknown'::message_status ELSE '${status}' END,
      reason = CASE WHEN ${metSilence} THEN 'no_answer'::message_reason
                    WHEN ${wasInFlight} THEN 'worker_died' ELSE p.reason END
    FROM p WHERE m.id BETWEEN p.first_id AND p.last_id AND m.status = 'pending'
    RETURNING m.id, p.first_id, m.status, m.reason),
  told AS (
    INSERT INTO message_events (message_id, event)
    SELECT id, 'worker_died' FROM settled WHERE reason = 'worker_died'),
  forgotten AS (DELETE FROM retries t USING p WHERE t.range_id = p.first_id),
  counts AS (
    SELECT p.first_id, count(s.status) FILTER (WHERE s.status = '${status}') AS ended,
      count(s.status) FILTER (WHERE s.status = 'unknown') AS unknown
    FROM p LEFT JOIN settled s ON s.first_id = p.first_id GROUP BY p.first_id)
  UPDATE ranges r SET ${status} = r.${status} + counts.ended, unknown = r.unknown + counts.unknown, done = true,
    worker_id = NULL, leased_until = NULL, asked_to = NULL, withdrawn = NULL
  FROM counts WHERE r.first_id = counts.first_id`;

const expireAll = endOpenMessages({
  status: 'expired',
  reason: `CASE WHEN r.timezone IS NOT NULL AND r.due_at >= m.end_at THEN 'window'::message_reason ELSE 'end' END`,
  ranges: 'true',
});
const cancelAll = endOpenMessages({
  status: 'canceled',
  reason: `'mailing_canceled'::message_reason`,
  ranges: 'true',
});
const expireMissedRanges = endOpenMessages({ status: 'expired', reason: `'window'::message_reason`, ranges: misses });

/** At the end of a mailing, or when it was canceled. Nobody may hold a range of it. */
export const endAll = (client: Queryable, mailingId: number, status: Ending['status']) =>
  client.query(status === 'expired' ? expireAll : cancelAll, [mailingId]);

/** What waits for a window that does not open before the end. */
export const expireMissed = (client: Queryable, mailingId: number) => client.query(expireMissedRanges, [mailingId]);

const settleUnanswered = `
  WITH p AS (SELECT first_id, last_id, asked_to, $2::timestamptz AS claimed_at FROM ranges WHERE first_id = $1),
  settled AS (
    UPDATE messages m SET status = 'unknown', reason = 'worker_died'
    FROM p WHERE m.id BETWEEN p.first_id AND p.last_id AND m.status = 'pending' AND ${wasInFlight} RETURNING m.id),
  told AS (INSERT INTO message_events (message_id, event) SELECT id, 'worker_died' FROM settled)
  UPDATE ranges SET unknown = unknown + (SELECT count(*) FROM settled)::int, asked_to = NULL WHERE first_id = $1`;

/** With a provider that delivers twice when it is asked twice: what a dead worker may have asked is not asked again. */
export const giveUpUnanswered = (client: Queryable, rangeId: number, askedAt: string | null) =>
  client.query(settleUnanswered, [rangeId, askedAt]);
