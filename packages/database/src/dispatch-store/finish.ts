import type { FinishResult } from '@showroom/dispatch';
import { freezeNames } from '../ledger/frozen-names.js';
import type { Lender } from './connections.js';
import { endAll } from './ends.js';
import { isHeld } from './session.js';
import { inTransaction } from './transaction.js';

/** How long to wait before asking again whether the last requests have their answers. */
const inFlightMs = 200;

interface Stand {
  canceled: boolean;
  started: boolean;
  ended: boolean;
  ends_in_ms: number;
  open: boolean;
  held: boolean;
}

const lockMailing = `
  SELECT status = 'canceled' AS canceled, started_at IS NOT NULL AS started, end_at <= clock_timestamp() AS ended,
    (extract(epoch FROM end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms,
    EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done) AS open,
    EXISTS (SELECT FROM ranges r WHERE r.mailing_id = m.id AND NOT r.done AND ${isHeld}) AS held
  FROM mailings m
  WHERE id = $1 AND status IN ('running', 'paused', 'canceled') AND finished_at IS NULL AND deleted_at IS NULL
  FOR UPDATE`;

const finishMailing = `
  UPDATE mailings m SET finished_at = clock_timestamp(),
    status = CASE WHEN status = 'canceled' THEN 'canceled'::mailing_status
                  WHEN started_at IS NULL OR EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND expired > 0)
                  THEN 'expired' ELSE 'completed' END,
    ${freezeNames}
  WHERE id = $1 RETURNING status`;

/** The mailing's row is locked, so it is finished once; requests in flight at the end are waited for. */
export const finish = (lender: Lender, mailingId: number): Promise<FinishResult> =>
  inTransaction(lender, async (client) => {
    const stand = (await client.query<Stand>(lockMailing, [mailingId])).rows[0];
    if (!stand) return { kind: 'none' };
    const { open, started, ended, canceled, held, ends_in_ms: endsInMs } = stand;
    if ((open || !started) && !ended && !canceled) return { kind: 'wait', waitMs: endsInMs };
    if (open && held) return { kind: 'wait', waitMs: inFlightMs };
    if (open) await endAll(client, mailingId, canceled ? 'canceled' : 'expired');
    const { rows } = await client.query<{ status: 'completed' | 'expired' | 'canceled' }>(finishMailing, [mailingId]);
    return { kind: 'finished', status: rows[0]!.status };
  });
