import { setTimeout as sleep } from 'node:timers/promises';
import type { MailingProgress, MailingStatus } from '@showroom/contract';
import { type CountsRow, countsOfMailing, toCounts } from '@showroom/database';
import { tracked } from '@trpc/server';
import type { Context, Deps } from '../context.js';
import { ApiError, forbidden } from '../errors.js';
import { found } from '../rows.js';
import { endedStatuses } from './mailing.service.js';

/** A mailing is looked at so often, and whoever watches it as often as that divides. */
const lookEveryMs = 1_000;
const looksPerCheck = 10;

/**
 * Tells how a mailing goes on: at once, and whenever that has changed, until it has ended. An event's id is what it says, so
 * whoever comes back after a cut is told only what is new. Somebody who may not watch any more by now is told nothing more.
 */
export async function* watchMailing(
  { deps, identifyAgain }: Pick<Context, 'deps' | 'identifyAgain'>,
  { id, lastEventId }: { id: number; lastEventId?: string },
  signal: AbortSignal | undefined,
) {
  let last = lastEventId;
  for (let looks = 1; !signal?.aborted; looks++) {
    const progress = await readProgress(deps, id);
    const event = [progress.status, ...Object.values(progress.messages)].join(' ');
    if (event !== last) yield tracked(event, progress);
    if (endedStatuses.has(progress.status) && progress.messages.pending === 0) return;
    last = event;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
    if (looks % looksPerCheck === 0) await requireStill(identifyAgain);
  }
}

async function requireStill(identifyAgain: Context['identifyAgain']): Promise<void> {
  const caller = await identifyAgain();
  if (caller instanceof ApiError) throw caller;
  if (!caller.isSuperuser && !caller.permissions.has('view_statistic')) throw forbidden('view_statistic');
}

const progressOf = `
  SELECT m.status, counts.* FROM mailings m, LATERAL (${countsOfMailing('m.id')}) AS counts
  WHERE m.id = $1 AND m.deleted_at IS NULL`;

async function readProgress({ database }: Deps, id: number): Promise<MailingProgress> {
  const rows = database.sql<CountsRow & { status: MailingStatus }>(progressOf, [id]);
  const { status, ...counts } = await found(
    rows.then(([row]) => row ?? null),
    'mailing.not_found',
  );
  return { status, messages: toCounts(counts) };
}
