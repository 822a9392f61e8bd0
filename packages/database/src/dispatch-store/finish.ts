import type { FinishResult } from '@showroom/dispatch';
import type pg from 'pg';
import { holderIsDead } from './session.js';
import { inTransaction } from './transaction.js';

/** How long to wait before asking again whether the last requests have their answers. */
const inFlightMs = 200;

interface Stand {
  ended: boolean;
  ends_in_ms: number;
  open: boolean;
  held: boolean;
}

const lockMailing = `
  SELECT end_at <= clock_timestamp() AS ended,
    (extract(epoch FROM end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms,
    EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done) AS open,
    EXISTS (SELECT FROM ranges r WHERE r.mailing_id = m.id AND NOT r.done AND r.worker_id IS NOT NULL
            AND r.leased_until > clock_timestamp() AND NOT ${holderIsDead}) AS held
  FROM mailings m WHERE id = $1 AND status = 'running' AND deleted_at IS NULL FOR UPDATE`;

// What was asked and never answered is not called expired: nobody knows whether it arrived.
const expireOpenMessages = `
  WITH settled AS (
    UPDATE messages m
    SET status = CASE WHEN EXISTS (SELECT FROM retries t WHERE t.message_id = m.id AND t.outcome = 'unknown')
                      THEN 'unknown'::message_status ELSE 'expired' END
    FROM ranges r
    WHERE r.mailing_id = $1 AND NOT r.done AND m.id BETWEEN r.first_id AND r.last_id AND m.status = 'pending'
    RETURNING r.first_id, m.status),
  counts AS (
    SELECT r.first_id, count(*) FILTER (WHERE s.status = 'expired') AS expired,
      count(*) FILTER (WHERE s.status = 'unknown') AS unknown
    FROM ranges r LEFT JOIN settled s ON s.first_id = r.first_id
    WHERE r.mailing_id = $1 AND NOT r.done GROUP BY r.first_id)
  UPDATE ranges r SET expired = r.expired + counts.expired, unknown = r.unknown + counts.unknown, done = true,
    worker_id = NULL, leased_until = NULL
  FROM counts WHERE r.first_id = counts.first_id`;

const finishMailing = `
  UPDATE mailings m SET finished_at = clock_timestamp(),
    status = CASE WHEN EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND expired > 0)
                  THEN 'expired'::mailing_status ELSE 'completed' END
  WHERE id = $1 RETURNING status`;

const forgetRetries = `
  DELETE FROM retries t USING ranges r WHERE r.mailing_id = $1 AND t.range_id = r.first_id`;

/** The mailing's row is locked, so it is finished once; requests in flight at the end are waited for. */
export const finish = (pool: pg.Pool, mailingId: number): Promise<FinishResult> =>
  inTransaction(pool, async (client) => {
    const stand = (await client.query<Stand>(lockMailing, [mailingId])).rows[0];
    if (!stand) return { kind: 'none' };
    if (stand.open && !stand.ended) return { kind: 'wait', waitMs: stand.ends_in_ms };
    if (stand.open && stand.held) return { kind: 'wait', waitMs: inFlightMs };
    if (stand.open) {
      await client.query(expireOpenMessages, [mailingId]);
      await client.query(forgetRetries, [mailingId]);
    }
    const { rows } = await client.query<{ status: 'completed' | 'expired' }>(finishMailing, [mailingId]);
    return { kind: 'finished', status: rows[0]!.status };
  });
