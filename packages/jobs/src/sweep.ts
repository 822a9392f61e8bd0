import type { Agenda } from 'agenda';
import type { JobsLogger } from './logger.js';
import type { JobName } from './mailing-jobs.js';
import type { Store } from './store.js';

const name: JobName = 'mailing.sweep';

interface SweepDeps {
  agenda: Agenda;
  store: Store;
  logger: JobsLogger;
  everyMs: number;
}

export interface SweepKeeper {
  stop(): Promise<void>;
}

/**
 * The sweep re-creates every other job, so something must re-create the sweep: it is a job too, and goes with the
 * database when somebody drops that. A plain timer in each worker looks after it, and one sweep runs right away.
 */
export async function keepSweep(deps: SweepDeps): Promise<SweepKeeper> {
  const { logger, everyMs } = deps;
  const look = async (work: (deps: SweepDeps) => Promise<void>) => {
    try {
      await work(deps);
    } catch (err) {
      logger.warn({ err }, `${name} could not be looked after; it is tried again`);
    }
  };
  let looking = look(ensureSweep).then(() => look(sweepNow));
  const timer = setInterval(() => {
    looking = looking.then(() => look(ensureSweep));
  }, everyMs);
  await looking;
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

/** `every` is atomic, but on MongoDB it unlocks a sweep that runs: so only when there is none. */
async function ensureSweep({ agenda, store, everyMs }: SweepDeps): Promise<void> {
  const repeating = (await agenda.queryJobs({ name })).jobs.filter((job) => job.type === 'single');
  // One that is planned for much later was planned by a worker whose clock is fast.
  const isSoon = (at: Date | null) => at !== null && at.getTime() - Date.now() <= 2 * everyMs;
  if (repeating.some((job) => isSoon(job.nextRunAt) && Number(job.repeatInterval) === everyMs)) return;
  await store.prepare(); // where the sweep went, the indexes may have gone too
  if (repeating.length > 0) await agenda.cancel({ ids: repeating.map((job) => job._id) });
  await agenda.every(everyMs, name, {}).catch((error: unknown) => {
    if (!store.isDuplicate(error)) throw error;
  });
}

/** A repeating job that was there already runs at its next time; a worker that starts does not wait for that. */
async function sweepNow({ agenda }: SweepDeps): Promise<void> {
  const { jobs } = await agenda.queryJobs({ name });
  const isDue = jobs.some((job) => !job.lockedAt && job.nextRunAt && job.nextRunAt.getTime() <= Date.now());
  if (!isDue) await agenda.now(name, {});
}
