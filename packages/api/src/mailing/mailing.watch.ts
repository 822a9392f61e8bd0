import { setTimeout as sleep } from 'node:timers/promises';
import type { MailingProgress } from '@showroom/contract';
import { type CountsRow, countsOfMailing, type Database, isSendingStopped, toCounts } from '@showroom/database';
import { tracked } from '@trpc/server';
import type { Context, Deps } from '../context.js';
import { ApiError, forbidden } from '../errors.js';
import { isTrouble, orTrouble, toldOf, toTrouble } from '../trouble.js';
import { endedStatuses } from './mailing.service.js';
import { SharedLooks } from './shared-looks.js';

const lookEveryMs = 1_000;
/** The longest time between two looks at what a watcher may do. */
const checkMs = 10_000;

/** How a mailing stands, and the id of the event that tells it: the same for the same state. */
interface Stand {
  readonly event: string;
  readonly progress: MailingProgress;
}

/** What all watchers of all mailings in this process share. */
export type MailingLooks = SharedLooks<Stand>;

export const createMailingLooks = ({ database, logger }: Pick<Deps, 'database' | 'logger'>): MailingLooks =>
  new SharedLooks({
    // An errand of its own: the watcher who happened to come first may leave.
    look: (ids) => database.within({ steers: false }, () => readStands(database, ids)),
    isSame: (one, other) => one.event === other.event,
    onFailure: (err) => {
      const trouble = toTrouble(err);
      const told = trouble ? toldOf(trouble) : {};
      if (told) logger.warn({ err, ...told }, 'the watched mailings could not be read; watchers wait');
    },
    everyMs: lookEveryMs,
  });

/**
 * Tells how a mailing goes on: at once, and whenever that has changed, until it has ended. An event's id is what it says, so
 * whoever comes back after a cut is told only what is new. Somebody who loses the right to watch gets an error.
 */
export async function* watchMailing(
  looks: MailingLooks,
  { identifyAgain }: Pick<Context, 'identifyAgain'>,
  { id, lastEventId }: { id: number; lastEventId?: string },
  signal: AbortSignal | undefined,
) {
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  let refusal: unknown;
  void whenRefused(identifyAgain, either).then((error) => {
    refusal = error;
    stop.abort();
  });
  let last = lastEventId;
  try {
    for await (const stand of looks.follow(id, either)) {
      if (!stand) throw new ApiError('mailing.not_found');
      const { event, progress } = stand;
      if (event !== last) yield tracked(event, progress);
      if (endedStatuses.has(progress.status) && progress.messages.pending === 0) return;
      last = event;
    }
    if (refusal) throw refusal;
  } catch (error) {
    throw orTrouble(error);
  } finally {
    stop.abort();
  }
}

/** Resolves to why somebody may not watch any more; to nothing when the signal aborts. */
async function whenRefused(identifyAgain: Context['identifyAgain'], signal: AbortSignal): Promise<unknown> {
  try {
    for (;;) {
      // At random times: a thousand streams that begin together are not to ask together.
      await sleep(checkMs * (0.5 + Math.random() / 2), undefined, { signal });
      const caller = await identifyAgain();
      // Nobody is sent away because PostgreSQL is; nothing is told meanwhile either.
      if (isTrouble(caller)) continue;
      if (caller instanceof ApiError) return caller;
      if (!caller.isSuperuser && !caller.permissions.has('view_statistic')) return forbidden('view_statistic');
    }
  } catch (error) {
    return signal.aborted ? undefined : error;
  }
}

const standsOf = `
  SELECT m.id, m.status, ${isSendingStopped} AS sending_stopped, counts.* FROM mailings m, LATERAL (${countsOfMailing('m.id')}) AS counts
  WHERE m.id = ANY($1::bigint[]) AND m.deleted_at IS NULL`;

async function readStands({ sql }: Database, ids: number[]): Promise<Map<number, Stand>> {
  const rows = await sql<CountsRow & Omit<MailingProgress, 'messages'> & { id: number }>(standsOf, [ids]);
  return new Map(
    rows.map(({ id, status, sending_stopped, ...counts }) => [
      Number(id),
      toStand({ status, sending_stopped, messages: toCounts(counts) }),
    ]),
  );
}

const toStand = (progress: MailingProgress): Stand => ({
  event: [progress.status, progress.sending_stopped, ...Object.values(progress.messages)].join(' '),
  progress,
});
