import type { Sending } from '@showroom/contract';
import { readSendingStop, type SendingStop } from '@showroom/database';
import { record } from '../audit/record.js';
import type { Call, Deps } from '../context.js';

/*
 * The stop is a row. Workers look for it with every claim and every renewal of a lease, and start no request on
 * knowledge that is older than 900 ms. So the answer only has to wait for the commit.
 */

const goingOn: Sending = { stopped: false, reason: null, by: null, since: null };

const toSending = (stop: SendingStop | null): Sending => (stop ? { stopped: true, ...stop } : goingOn);

/** What the audit calls the only row there can be. */
const row = 'all';

export const readSending = async ({ database }: Deps): Promise<Sending> => toSending(await readSendingStop(database));

// Locks the row of an earlier stop: it cannot be resumed between this statement and the answer that it stands.
const stop = `
  INSERT INTO sending_stop AS s (reason, stopped_by) VALUES ($1, $2)
  ON CONFLICT (id) DO UPDATE SET reason = s.reason
  RETURNING reason, stopped_by AS by, since, xmax = 0 AS is_new`;

/** The first stop stands: its reason, who made it, and since when. A second one changes nothing. */
export const stopSending = (call: Call, { reason }: { reason: string }): Promise<Sending> =>
  call.deps.database.transaction(async (transaction) => {
    const { sql } = call.deps.database;
    const values = [reason, call.caller.username];
    const [stopped] = await sql<SendingStop & { is_new: boolean }>(stop, values, transaction);
    const { is_new: isNew, ...found } = stopped!;
    const sending = toSending(found);
    if (isNew) await record(call, transaction, { row, old: goingOn, new: sending });
    return sending;
  });

const resume = 'DELETE FROM sending_stop RETURNING reason, stopped_by AS by, since';

export async function resumeSending(call: Call): Promise<Sending> {
  const { deps } = call;
  const wasStopped = await deps.database.transaction(async (transaction) => {
    const [stopped] = await deps.database.sql<SendingStop>(resume, [], transaction);
    if (stopped) await record(call, transaction, { row, old: toSending(stopped), new: goingOn });
    return stopped !== undefined;
  });
  if (wasStopped) wakeMailings(deps).catch((err) => deps.logger.warn({ err }, 'the sweep will wake the mailings'));
  return goingOn;
}

const running = `
  SELECT id FROM mailings WHERE status = 'running' AND finished_at IS NULL AND deleted_at IS NULL ORDER BY id`;

/** Their lanes ended when sending stopped. The caller does not wait for this; what gets lost, a sweep finds. */
async function wakeMailings({ database, clock }: Deps): Promise<void> {
  for (const { id } of await database.sql<{ id: number }>(running)) await clock.startAt(id, new Date());
}
