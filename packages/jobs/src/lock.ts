import type { Agenda, Job } from 'agenda';
import type { JobsLogger } from './logger.js';

interface LockOptions {
  agenda: Agenda;
  job: Job;
  lifetimeMs: number;
  logger: JobsLogger;
  /** Called once, when another worker may have taken the job. */
  onLost(reason: string): void;
}

export interface KeptLock {
  /** Stops touching; resolves when no touch is on its way that could lock the job again after its end. */
  release(): Promise<void>;
}

/**
 * Keeps the lock of a running job by touching it each third of its lifetime, so that a job which runs for hours is
 * nobody else's, and a killed worker's is somebody else's within one lifetime.
 *
 * The lock is lost when the job is no longer in the store, or when no touch has succeeded for a lifetime (the store
 * is away, or this process slept): from then on another worker may run it. It is never taken back.
 */
export function keepLock({ agenda, job, lifetimeMs, logger, onLost }: LockOptions): KeptLock {
  let touchedAt = job.attrs.lockedAt?.getTime() ?? Date.now();
  let touching: Promise<void> | undefined;

  const lose = (reason: string) => {
    clearInterval(timer);
    onLost(reason);
  };
  const touch = async () => {
    const now = Date.now();
    try {
      await job.touch();
      touchedAt = now;
    } catch (err) {
      if (await isGone(agenda, job)) return lose('the job was removed');
      logger.warn({ err, job: job.attrs.name, ...toIds(job) }, 'a lock could not be renewed; it is tried again');
    }
  };
  const tick = () => {
    // Timers are late by a little: a lock this old has no third left in it.
    if (Date.now() - touchedAt > lifetimeMs * 0.95) return lose('its lock was not renewed in time');
    touching ??= touch().finally(() => {
      touching = undefined;
    });
  };
  const timer = setInterval(tick, lifetimeMs / 3);

  return {
    release: async () => {
      clearInterval(timer);
      await touching;
    },
  };
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
