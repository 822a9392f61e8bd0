import type { JobParameters, JobRepository } from 'agenda';
import { withDeadline } from './deadline.js';
import type { JobsLogger } from './logger.js';
import type { StoreWatch } from './store-watch.js';

export interface GuardedRepository {
  /** What Agenda works with. */
  readonly repository: JobRepository;
  /**
   * A run holds this job: whoever looks for jobs here renews its lock, and does not start a second run of it.
   *
   * @param onRenewed called with the time of the lock when a look for jobs has renewed it
   * @returns ends the hold
   */
  hold(job: JobParameters, onRenewed: (lockedAt: Date) => void): () => void;
  /** This run's job belongs to another worker now: nothing is written for it any more. */
  disown(job: JobParameters): void;
  /** Locks no more jobs, and gives back one that is being locked at this moment. */
  stopLocking(): void;
  /** Resolves when Agenda has written what it had to write. */
  settled(): Promise<void>;
}

/**
 * Stands between Agenda and its repository, for what Agenda leaves open:
 *
 * - A run that ends writes its job's state, whoever holds the lock by then. A worker that slept through its lock's
 *   lifetime would unlock the job of the worker that took over, and a third would start: `disown` prevents it.
 * - After an outage it takes its own job for a dead worker's, and runs it a second time beside the first: `hold` prevents it.
 * - Its `stop` and `drain` forget a job whose lock is on its way from the store, and `drain` waits for its whole
 *   time-out when finished jobs are removed, because the removal comes after the event it waits for.
 * - It does not wait for `unlockJob`: a store that is away would end the process by an unhandled rejection.
 * - It waits for an answer for ever, and its job keeps its place among those that may run side by side.
 */
export function guardRepository(deps: {
  repository: JobRepository;
  watch: StoreWatch;
  logger: JobsLogger;
  /** How long an answer may take. */
  timeoutMs: number;
}): GuardedRepository {
  const { repository, watch, logger, timeoutMs } = deps;
  const disowned = new WeakSet<JobParameters>();
  const held = new Map<string, (lockedAt: Date) => void>();
  const pending = new Set<Promise<unknown>>();
  let isLocking = true;

  const ask = <T>(work: () => Promise<T>): Promise<T> => {
    const answer = withDeadline(timeoutMs, work, (reason) => `the job store: ${reason}`);
    const tracked = answer.finally(() => pending.delete(tracked));
    pending.add(tracked);
    return tracked;
  };
  const unlock = (job: JobParameters) =>
    repository.unlockJob(job).catch((err) => logger.warn({ err, job: job.name }, 'a job could not be unlocked'));

  const lockNext: JobRepository['getNextJobToRun'] = async (...query) => {
    while (isLocking) {
      const job = await repository.getNextJobToRun(...query);
      const onRenewed = job && held.get(String(job._id));
      if (onRenewed) {
        onRenewed(job.lockedAt as Date);
        continue; // no look finds it again: its lock is new
      }
      if (!job || isLocking) return job;
      await unlock(job);
    }
    return undefined;
  };
  const save: JobRepository['saveJobState'] = async (job, options) => {
    if (disowned.has(job)) throw new Error(`${job.name} belongs to another worker now`);
    await repository.saveJobState(job, options);
  };

  const guarded: JobRepository = Object.create(repository);
  guarded.getNextJobToRun = (...query) => watch.observe(() => ask(() => lockNext(...query)));
  guarded.saveJobState = (job, options) => ask(() => save(job, options));
  guarded.removeJobs = (filter) => ask(() => repository.removeJobs(filter));
  guarded.queryJobs = (options) => ask(() => repository.queryJobs(options));
  guarded.unlockJob = (job) => ask(() => unlock(job)).catch(() => {});

  return {
    repository: guarded,
    hold: (job, onRenewed) => {
      const id = String(job._id);
      held.set(id, onRenewed);
      return () => {
        if (held.get(id) === onRenewed) held.delete(id);
      };
    },
    disown: (job) => disowned.add(job),
    stopLocking: () => {
      isLocking = false;
    },
    settled: () => settle(pending),
  };
}

/** Agenda writes one thing after the other, so each that ends may be followed, a turn later, by a next. */
async function settle(pending: Set<Promise<unknown>>): Promise<void> {
  do {
    await Promise.allSettled(pending);
    await new Promise((resolve) => setImmediate(resolve));
  } while (pending.size > 0);
}
