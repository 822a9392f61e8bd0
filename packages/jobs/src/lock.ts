import type { Agenda, Job } from 'agenda';
import type { JobsLogger } from './logger.js';

interface LockOptions {
  agenda: Agenda;
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
 *   and a store that is away stops nothing. Before another touch it is asked whose the lock is.
 * lost. Another worker has it, or the job is no longer there: the run is told to stop. Nothing leads back.
 */
export function keepLock({ agenda, job, lifetimeMs, logger, onLost }: LockOptions): KeptLock {
  let touchedAt = job.attrs.lockedAt?.getTime() ?? Date.now();
  let renewing: Promise<void> | undefined;
  let isLost = false;

  // Timers are late by a little: a lock this old has no third left in it.
  const isStale = () => Date.now() - touchedAt > lifetimeMs * 0.95;
  const lose = (reason: string) => {
    clearInterval(timer);
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
      return !isLost && !isStale();
    },
  };
}

/** Whose the lock is by now; of ours, the last that was written may not be the last that we know of. */
async function holderOf(agenda: Agenda, job: Job): Promise<'us' | 'another' | 'nobody'> {
  const [stored] = (await agenda.queryJobs({ id: String(job.attrs._id) })).jobs;
  if (!stored) return 'nobody';
  const lockedAt = stored.lockedAt?.getTime() ?? null;
  const isOurs = stored.lastModifiedBy === agenda.attrs.name && lockedAt !== null && lockedAt <= lastTouch(job);
  return isOurs ? 'us' : 'another';
}

const lastTouch = (job: Job) => job.attrs.lockedAt?.getTime() ?? 0;

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
