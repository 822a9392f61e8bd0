import { metSilence, wasInFlight } from '../dispatch-store/ends.js';
import { isHeld } from '../dispatch-store/session.js';
import { messageIdsLock } from '../locks.js';

/** Asks within one transaction; each statement sees what was committed before it began. */
type Query = <Row extends object>(statement: string, values: unknown[]) => Promise<Row[]>;

// Held to the end of the deletion. A start lays out messages that nobody sees yet: once it has committed, it takes this
// lock for itself, and then cancels what it laid out for clients that were deleted meanwhile.
const letStartsWait = `SELECT pg_advisory_xact_lock_shared(${messageIdsLock})`;

const findPending = `
  SELECT msg.id, r.first_id AS range_id
  FROM messages msg, LATERAL (SELECT first_id FROM ranges WHERE first_id <= msg.id ORDER BY first_id DESC LIMIT 1) AS r
  WHERE msg.client_id = $1 AND msg.status = 'pending'`;

const lockRanges = `
  SELECT first_id AS range_id FROM ranges WHERE first_id = ANY($1::bigint[]) AND NOT done ORDER BY first_id FOR UPDATE`;

const lockLeftRanges = `
  SELECT r.first_id AS range_id, r.withdrawn AS ids FROM ranges r
  WHERE r.withdrawn IS NOT NULL AND ($1::bigint IS NULL OR r.first_id = $1) AND NOT (${isHeld})
  ORDER BY r.first_id FOR UPDATE SKIP LOCKED`;

/*
 * A message is in hand when a worker that lives has claimed it: it may be on its way. It was not claimed when it waited for
 * its next attempt at that moment, or has been answered since with a later one.
 *
 * A range that nobody alive holds is taken from whoever held it, so that a worker that was taken for dead cannot go on.
 */
const withdraw = `
  WITH p AS MATERIALIZED (
    SELECT r.first_id, r.last_id, r.asked_to, r.claimed_at, (${isHeld}) AS held
    FROM ranges r WHERE r.first_id = ANY($1::bigint[])),
  mine AS MATERIALIZED (
    SELECT m.id, p.first_id, p.asked_to, p.claimed_at,
      p.held AND NOT EXISTS (SELECT FROM retries t WHERE t.message_id = m.id AND t.due_at > p.claimed_at) AS in_hand
    FROM unnest($2::bigint[]) AS given(id) JOIN messages m ON m.id = given.id AND m.status = 'pending'
    JOIN p ON m.id BETWEEN p.first_id AND p.last_id),
  settled AS (
    UPDATE messages m
    SET status = CASE WHEN ${metSilence} OR ${wasInFlight} THEN 'unknown'::message_status ELSE 'canceled' END,
      reason = CASE WHEN ${metSilence} THEN 'no_answer'::message_reason
                    WHEN ${wasInFlight} THEN 'worker_died' ELSE 'client_deleted' END
    FROM mine p WHERE m.id = p.id AND m.status = 'pending' AND NOT p.in_hand
    RETURNING m.id, p.first_id, m.status),
  told AS (
    INSERT INTO message_events (message_id, event, detail) SELECT id, 'canceled', 'The client was deleted.' FROM settled),
  forgotten AS (DELETE FROM retries t USING settled s WHERE t.message_id = s.id),
  counts AS (
    SELECT p.first_id, p.held,
      (SELECT count(*) FROM settled s WHERE s.first_id = p.first_id AND s.status = 'canceled')::int AS canceled,
      (SELECT count(*) FROM settled s WHERE s.first_id = p.first_id AND s.status = 'unknown')::int AS unknown,
      ARRAY(SELECT id FROM mine WHERE mine.first_id = p.first_id AND in_hand) AS in_hand
    FROM p)
  UPDATE ranges r SET canceled = r.canceled + c.canceled, unknown = r.unknown + c.unknown,
    withdrawn = CASE WHEN c.held THEN nullif(coalesce(r.withdrawn, '{}') || c.in_hand, '{}') END,
    worker_id = CASE WHEN c.held THEN r.worker_id END, leased_until = CASE WHEN c.held THEN r.leased_until END,
    done = NOT c.held AND r.last_id - r.first_id + 1
      = r.sent + r.failed + r.expired + r.canceled + r.unknown + c.canceled + c.unknown
  FROM counts c WHERE r.first_id = c.first_id`;

/**
 * Cancels what is unsent to a client that this transaction has deleted. What a worker has in hand it is told of when it
 * renews its lease: that may be on its way. What was asked and met silence is unknown, for it may have arrived.
 */
export async function withdrawClient(query: Query, clientId: number): Promise<void> {
  await query(letStartsWait, []);
  await withdrawMessages(query, await query<PendingMessage>(findPending, [clientId]));
}

interface PendingMessage {
  readonly id: number;
  readonly range_id: number;
}

/** Does so with the given messages, whose clients are gone. */
export async function withdrawMessages(query: Query, pending: readonly PendingMessage[]): Promise<void> {
  if (pending.length === 0) return;
  const ranges = pending.map((message) => message.range_id);
  const locked = await query<{ range_id: number }>(lockRanges, [ranges]);
  await query(withdraw, [locked.map((range) => range.range_id), pending.map((message) => message.id)]);
}

/**
 * Settles what was withdrawn while a worker held the range, and is open although the worker has it no more.
 *
 * @param rangeId one range, or null for all of them
 */
export async function settleWithdrawn(query: Query, rangeId: number | null): Promise<void> {
  const left = await query<{ range_id: number; ids: (number | string)[] }>(lockLeftRanges, [rangeId]);
  if (left.length === 0) return;
  await query(withdraw, [left.map((range) => range.range_id), left.flatMap(({ ids }) => ids)]);
}
