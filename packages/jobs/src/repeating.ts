import type { Agenda } from 'agenda';
import type { Kept } from './catalog.js';
import type { JobsLogger } from './logger.js';
import type { JobName } from './mailing-jobs.js';
import type { Store } from './store.js';
import { isFarAhead, resumePaused } from './stray.js';

const sweep: JobName = 'mailing.sweep';

/** A job that runs again and again: each so many milliseconds, or by a cron expression in a time zone. */
export type Repeating =
  | { readonly name: JobName; readonly everyMs: number }
  | { readonly name: JobName; readonly cron: string; readonly timezone: string };

interface KeeperDeps {
  agenda: Agenda;
  store: Store;
  logger: JobsLogger;
  sweepEveryMs: number;
  /** What repeats beside the sweep. */
  repeating: readonly Repeating[];
  kept: Kept;
}

export interface Keeper {
  stop(): Promise<void>;
}

/** What repeats only where somebody has set it so. */
const optional: readonly JobName[] = ['ledger.tidy', 'statistic.report'];

/** So many jobs that ended are removed at once, and after a short while the next. */
const trimAtOnce = 5_000;

/**
 * The sweep re-creates every other job, so something must re-create the sweep: it is a job too, and goes with the
 * database when somebody drops that. A plain timer in each worker looks after it, after whatever else repeats, and after
 * the jobs that ended; and one sweep runs right away.
 */
export async function keepRepeating(deps: KeeperDeps): Promise<Keeper> {
  const { logger, sweepEveryMs, repeating, store, kept } = deps;
  const all: Repeating[] = [{ name: sweep, everyMs: sweepEveryMs }, ...repeating];
  let isStopped = false;
  const look = async (what: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (err) {
      logger.warn({ err }, `${what} could not be looked after; it is tried again`);
    }
  };
  const trim = async () => {
    while (!isStopped && (await store.catalog.trim(kept, trimAtOnce)) >= trimAtOnce);
  };
  const lookAfterAll = async () => {
    for (const each of all) await look(each.name, () => ensure(deps, each));
    await look('what ended', trim);
  };
  const begin = async () => {
    // First of all, or the regular one might have run already, and this one would run for nothing.
    await look(sweep, () => ensure(deps, all[0]!));
    await look(sweep, () => sweepNow(deps));
    for (const name of optional) {
      if (!repeating.some((each) => each.name === name)) await look(name, () => removeRepeating(deps, name));
    }
    await lookAfterAll();
  };
  let looking = begin();
  const timer = setInterval(() => {
    looking = looking.then(lookAfterAll);
  }, sweepEveryMs);
  await looking;
  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await looking;
    },
  };
}

/** `every` is atomic, but on MongoDB it unlocks a job that runs: so only when there is none. */
async function ensure(deps: KeeperDeps, repeating: Repeating): Promise<void> {
  const { agenda, store } = deps;
  const { name } = repeating;
  const { jobs } = await agenda.queryJobs({ name });
  await resumePaused(deps, name, jobs);
  const there = jobs.filter((job) => job.type === 'single');
  if (there.some((job) => isAsWanted(job, repeating))) return;
  await store.prepare(); // where the job went, the indexes may have gone too
  if (there.length > 0) await agenda.cancel({ ids: there.map((job) => job._id) });
  const made =
    'cron' in repeating
      ? agenda.every(repeating.cron, name, {}, { timezone: repeating.timezone, skipImmediate: true })
      : agenda.every(repeating.everyMs, name, {});
  await made.catch((error: unknown) => {
    if (!store.isDuplicate(error)) throw error;
  });
}

/** What was set before, and is not any more. A worker that is set otherwise makes it again. */
async function removeRepeating({ agenda }: KeeperDeps, name: JobName): Promise<void> {
  const { jobs } = await agenda.queryJobs({ name });
  if (jobs.length > 0) await agenda.cancel({ ids: jobs.map((job) => job._id) });
}

interface RepeatingJob {
  nextRunAt: Date | null;
  lockedAt?: Date | null;
  repeatInterval?: string | number;
  repeatTimezone?: string;
}

function isAsWanted(job: RepeatingJob, wanted: Repeating): boolean {
  const { nextRunAt, lockedAt, repeatInterval, repeatTimezone } = job;
  if (isFarAhead(lockedAt)) return false;
  if ('cron' in wanted) return repeatInterval === wanted.cron && repeatTimezone === wanted.timezone;
  // One that is planned for much later was planned by a worker whose clock is fast.
  const isSoon = nextRunAt !== null && nextRunAt.getTime() - Date.now() <= 2 * wanted.everyMs;
  return isSoon && Number(repeatInterval) === wanted.everyMs;
}

/** A repeating job that was there already runs at its next time; a worker that starts does not wait for that. */
async function sweepNow({ agenda }: KeeperDeps): Promise<void> {
  const { jobs } = await agenda.queryJobs({ name: sweep });
  const isDue = jobs.some((job) => !job.lockedAt && job.nextRunAt && job.nextRunAt.getTime() <= Date.now());
  if (!isDue) await agenda.now(sweep, {});
}
