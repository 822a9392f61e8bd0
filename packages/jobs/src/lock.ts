import type { Agenda, Job } from 'agenda';
import type { GuardedRepository } from './guarded-repository.js';
import type { JobsLogger } from './logger.js';

interface LockOptions {
  agenda: Agenda;
  guard: GuardedRepository;
  job: Job;
  lifetimeMs: number;
  logger: JobsLogger;
  /** Called once, when another worker has the job, or it is gone. */
  onLost(reason: string): void;
}

export interface KeptLock {
  /**
   * Stops touching; resolves when no touch is on its way that could lock the job again after its end. False when another
   * worker may have the job by now: then nothing may be written for it.
   */
  release(): Promise<boolean>;
}

/**
 * Keeps the lock of a running job by touching it each third of its lifetime, so that a job which runs for hours is
 * nobody else's, and a killed worker's is somebody else's within one lifetime.
 *
 * held. Touches succeed.
 * stale. None has for a lifetime: the store is away, or this process slept. Another worker may take the job, or may not
 *   be able to, if the store is away for all. The run goes on: what it does is guarded in PostgreSQL, not by this lock,
 *   and a store that is away stops nothing. Before another touch it is asked whose the lock is. When the store is back,
 *   this worker may find its own job as one whose lock is too old: that renews the lock, too.
 * lost. Another worker has it, or the job is no longer there: the run is told to stop. Nothing leads back.
 */
export function keepLock({ agenda, guard, job, lifetimeMs, logger, onLost }: LockOptions): KeptLock {
  let touchedAt = job.attrs.lockedAt?.getTime() ?? Date.now();
  let renewing: Promise<void> | undefined;
  let isLost = false;
  const letGo = guard.hold(job.attrs, (lockedAt) => {
    touchedAt = lockedAt.getTime();
    job.attrs.lockedAt = lockedAt;
  });
  // Agenda would end a run whose last touch is a lifetime ago, and refuse every touch from then on.
  job.isExpired = async () => false;

  // Timers are late by a little: a lock this old has no third left in it.
  const isStale = () => Date.now() - touchedAt > lifetimeMs * 0.95;
  const lose = (reason: string) => {
    clearInterval(timer);
    letGo();
    isLost = true;
    onLost(reason);
  };
  const renew = async () => {
    const now = Date.now();
    try {
      const holder = isStale() ? await holderOf(agenda, job) : 'us';
      if (holder === 'nobody') return lose('the job was removed');
      if (holder === 'another') return lose('its lock was not renewed in time, and another worker has it');
      await job.touch();
      touchedAt = now;
    } catch (err) {
      if (await isGone(agenda, job)) return lose('the job was removed');
      logger.warn({ err, job: job.attrs.name, ...toIds(job) }, 'a lock could not be renewed; it is tried again');
    }
  };
  const timer = setInterval(() => {
    renewing ??= renew().finally(() => {
      renewing = undefined;
    });
  }, lifetimeMs / 3);

  return {
    release: async () => {
      clearInterval(timer);
      await renewing;
      letGo();
      return !isLost && !isStale();
    },
  };
}

/** Whose the lock is by now. A lock with our name is this run's: there is no second run of a job that is held here. */
async function holderOf(agenda: Agenda, job: Job): Promise<'us' | 'another' | 'nobody'> {
  const [stored] = (await agenda.queryJobs({ id: String(job.attrs._id) })).jobs;
  if (!stored) return 'nobody';
  return stored.lockedAt && stored.lastModifiedBy === agenda.attrs.name ? 'us' : 'another';
}

/** Only a store that answers can say that a job is gone. */
async function isGone(agenda: Agenda, job: Job): Promise<boolean> {
  try {
    return (await agenda.queryJobs({ id: String(job.attrs._id) })).total === 0;
  } catch {
    return false;
  }
}

function toIds(job: Job): object {
  return (job.attrs.data as object | undefined) ?? {};
}
