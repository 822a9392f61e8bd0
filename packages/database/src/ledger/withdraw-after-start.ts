import type { Lender } from '../dispatch-store/connections.js';
import { inTransaction } from '../dispatch-store/transaction.js';
import { messageIdsLock } from '../locks.js';
import { withdrawMessages } from './withdraw.js';

/** Every deletion that was under way has ended when this is granted; a later one sees the mailing's messages. */
const waitForDeletions = `SELECT pg_advisory_xact_lock(${messageIdsLock})`;

// A change is in client_pasts by when it was made; a transaction that makes one is over within a day.
const findPending = `
  WITH m AS MATERIALIZED (
    SELECT id, first_message_id, last_message_id, started_at, audience_snapshot FROM mailings WHERE id = $1),
  deleted AS MATERIALIZED (
    SELECT DISTINCT p.client_id FROM m, client_pasts p
    WHERE p.until > m.started_at - interval '1 day' AND NOT pg_visible_in_snapshot(p.changed_by, m.audience_snapshot)
      AND NOT EXISTS (SELECT FROM clients c WHERE c.id = p.client_id))
  SELECT msg.id, r.first_id AS range_id
  FROM deleted d, m, messages msg,
    LATERAL (SELECT first_id FROM ranges WHERE first_id <= msg.id ORDER BY first_id DESC LIMIT 1) AS r
  WHERE msg.client_id = d.client_id AND msg.mailing_id = m.id AND msg.status = 'pending'
    AND msg.id BETWEEN m.first_message_id AND m.last_message_id`;

/**
 * Cancels what a start has laid out for clients that were deleted meanwhile. Their deletions did not see these messages.
 * Should the process die before it comes to this, whoever claims such a message cancels it.
 */
export const withdrawDeletedDuringStart = (lender: Lender, mailingId: number): Promise<void> =>
  inTransaction(lender, async (client) => {
    await client.query(waitForDeletions);
    const { rows } = await client.query<{ id: number; range_id: number }>(findPending, [mailingId]);
    await withdrawMessages(async (statement, values) => (await client.query(statement, values)).rows, rows);
  });
