import type { Transaction } from 'sequelize';
import type { Database } from '../database.js';

export interface Which {
  readonly mailingId: number;
  /** One message of the mailing; all in that state when left out. */
  readonly messageId?: number;
  readonly status: 'failed' | 'unknown';
  /** Who wants it, for the timelines. */
  readonly by: string;
}

/** SQL: messages of a mailing ($1) in a state, one of them ($2) or all; `set` is what becomes of them. */
const changed = (status: string, set: string, also = '') => `
  changed AS (
    UPDATE messages msg SET ${set} FROM mailings m
    WHERE m.id = $1 AND msg.id BETWEEN m.first_message_id AND m.last_message_id
      AND ($2::bigint IS NULL OR msg.id = $2) AND msg.status = '${status}' ${also} RETURNING msg.id),
  placed AS MATERIALIZED (
    SELECT changed.id, r.first_id AS range_id
    FROM changed, LATERAL (SELECT first_id FROM ranges WHERE first_id <= changed.id ORDER BY first_id DESC LIMIT 1) AS r),
  counts AS (SELECT range_id, count(*)::int AS n FROM placed GROUP BY range_id)`;

const hasClient = 'AND EXISTS (SELECT FROM clients c WHERE c.id = msg.client_id)';

// What was unknown may have arrived all the same: should it be refused now, or the end come first, it is unknown again.
const reopen = (status: Which['status']) => `
  WITH ${changed(status, `status = 'pending', reason = NULL`, hasClient)},
  told AS (INSERT INTO message_events (message_id, event, detail) SELECT id, 'retried', $3 FROM placed),
  asked AS (
    INSERT INTO retries (message_id, range_id, attempt, due_at, outcome, detail)
    SELECT id, range_id, coalesce((SELECT max(attempt) FROM message_events e WHERE e.message_id = placed.id), 0),
      clock_timestamp(), '${status === 'unknown' ? 'unknown' : 'busy'}', ''
    FROM placed
    ON CONFLICT (message_id) DO UPDATE SET due_at = excluded.due_at, outcome = excluded.outcome),
  opened AS (
    UPDATE ranges r SET ${status} = r.${status} - n, done = false,
      due_at = CASE WHEN r.worker_id IS NULL THEN clock_timestamp() ELSE r.due_at END
    FROM counts WHERE r.first_id = counts.range_id)
  SELECT count(*)::int AS messages FROM placed`;

/**
 * Puts messages that failed, or of which nothing is known, back to pending, due now. The mailing's row has to be locked,
 * and its status is the caller's business. Those of clients that were deleted stay as they are: nobody can be asked.
 *
 * @returns how many it were
 */
export async function reopenMessages(
  { sql }: Database,
  { mailingId, messageId, status, by }: Which,
  transaction: Transaction,
): Promise<number> {
  const values = [mailingId, messageId ?? null, `Sent again by ${by}.`];
  const rows = await sql<{ messages: number }>(reopen(status), values, transaction);
  return rows[0]!.messages;
}

const settleAs = (status: 'sent' | 'failed') => `
  WITH ${changed('unknown', `status = '${status}', reason = 'operator'${status === 'sent' ? ', sent_at = clock_timestamp()' : ''}`)},
  told AS (INSERT INTO message_events (message_id, event, detail) SELECT id, 'settled', $3 FROM placed),
  counted AS (
    UPDATE ranges r SET unknown = r.unknown - n, ${status} = r.${status} + n
    FROM counts WHERE r.first_id = counts.range_id)
  SELECT count(*)::int AS messages FROM placed`;

/** Gives unknown messages the end that an operator says they had. @returns how many it were */
export async function settleMessages(
  { sql }: Database,
  { mailingId, messageId, as, by }: Omit<Which, 'status'> & { as: 'sent' | 'failed' },
  transaction: Transaction,
): Promise<number> {
  const values = [mailingId, messageId ?? null, `Said to be ${as} by ${by}.`];
  const rows = await sql<{ messages: number }>(settleAs(as), values, transaction);
  return rows[0]!.messages;
}
