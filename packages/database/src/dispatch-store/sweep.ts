import type { DueWork } from '@showroom/dispatch';
import { isSendingStopped } from '../ledger/sending.js';
import type { Lender } from './connections.js';
import { holderIsDead } from './session.js';
import { cancelWithdrawn } from './settle.js';

const purgeBatch = 10_000;

const dueStarts = `
  SELECT id AS "mailingId",
    greatest(0, extract(epoch FROM start_at - clock_timestamp()) * 1000)::float8 AS "dueInMs"
  FROM mailings
  WHERE status = 'scheduled' AND finished_at IS NULL AND deleted_at IS NULL AND start_at <= clock_timestamp() + $1 * interval '1 ms'`;

const runningMailings = `
  SELECT m.id,
    m.status = 'canceled' OR m.end_at <= clock_timestamp() OR (m.started_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done)) AS over,
    m.status = 'running' AND NOT ${isSendingStopped} AND EXISTS (SELECT FROM ranges r WHERE r.mailing_id = m.id AND NOT r.done AND r.due_at <= clock_timestamp()
            AND (r.worker_id IS NULL OR r.leased_until < clock_timestamp() OR ${holderIsDead})) AS idle
  FROM mailings m
  WHERE m.status IN ('running', 'paused', 'canceled') AND m.finished_at IS NULL AND m.deleted_at IS NULL`;

/**
 * Everything that should be happening, or will have to soon, by the ledger alone. Before that, it cancels what workers that
 * died meanwhile were to cancel.
 */
export async function due(lender: Lender, horizonMs: number): Promise<DueWork> {
  await cancelWithdrawn(lender, null);
  const starts = await lender.query<DueWork['starts'][number]>(dueStarts, [horizonMs]);
  const running = await lender.query<{ id: number; over: boolean; idle: boolean }>(runningMailings);
  const deleted = await lender.query<{ id: number }>('SELECT id FROM mailings WHERE deleted_at IS NOT NULL');
  return {
    starts: starts.rows,
    sends: running.rows.filter(({ over, idle }) => idle && !over).map(({ id }) => id),
    finishes: running.rows.filter(({ over }) => over).map(({ id }) => id),
    purges: deleted.rows.map(({ id }) => id),
  };
}

const purgeMessages = `
  WITH gone AS (
    SELECT msg.id FROM mailings m JOIN messages msg ON msg.id BETWEEN m.first_message_id AND m.last_message_id
    WHERE m.id = $1 AND m.deleted_at IS NOT NULL ORDER BY msg.id LIMIT ${purgeBatch}),
  forgotten AS (DELETE FROM message_events e USING gone WHERE e.message_id = gone.id)
  DELETE FROM messages WHERE id IN (SELECT id FROM gone)`;

/** Removes a batch of a deleted mailing's messages, or, when there are none left, the mailing itself. */
export async function purge(lender: Lender, mailingId: number): Promise<boolean> {
  const { rowCount } = await lender.query(purgeMessages, [mailingId]);
  if (rowCount === purgeBatch) return false;
  await lender.query(
    `WITH gone AS (
       DELETE FROM ranges r USING mailings m
       WHERE r.mailing_id = m.id AND m.id = $1 AND m.deleted_at IS NOT NULL RETURNING r.first_id)
     DELETE FROM retries WHERE range_id IN (SELECT first_id FROM gone)`,
    [mailingId],
  );
  await lender.query('DELETE FROM mailings WHERE id = $1 AND deleted_at IS NOT NULL', [mailingId]);
  return true;
}
