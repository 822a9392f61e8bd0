import { setTimeout as sleep } from 'node:timers/promises';
import { type Agenda, exponential } from 'agenda';
import type { GuardedRepository } from './guarded-repository.js';
import type { JobsLogger } from './logger.js';
import type { JobData, JobKind, JobName, MailingJobs } from './mailing-jobs.js';
import { type Run, runJob } from './run-job.js';

interface WorkerDeps {
  agenda: Agenda;
  guard: GuardedRepository;
  logger: JobsLogger;
  handlers: MailingJobs;
  kinds: Record<JobName, JobKind>;
  lockLifetimeMs: number;
  /** Whether jobs that ended are kept for a while. */
  keepsEnded: boolean;
}

export interface Worker {
  /** Takes no more jobs, aborts the signals of those that run, and waits up to `drainMs` for their end. */
  stop(drainMs: number): Promise<void>;
}

/** There is no last attempt: a job that fails for an hour may succeed then, and blocks nobody meanwhile. */
const backoff = exponential({ delay: 1000, factor: 2, maxDelay: 30_000, maxRetries: Infinity, jitter: 0.2 });

/** Defines the jobs on a started Agenda; from its next look into the store on, it runs them. */
export function createWorker(deps: WorkerDeps): Worker {
  const { agenda, guard, kinds, lockLifetimeMs, keepsEnded } = deps;
  const runs = new Set<Run>();
  let isClosing = false;
  const runDeps = { ...deps, runs, isClosing: () => isClosing };
  for (const [name, kind] of Object.entries(kinds)) {
    agenda.define<JobData>(name, (job) => runJob(runDeps, kind, job), {
      // Locks only what runs at once: a job that waits under its lock would outlive it.
      lockLimit: kind.concurrency,
      concurrency: kind.concurrency,
      lockLifetime: lockLifetimeMs,
      backoff,
      removeOnComplete: !(keepsEnded && kind.kept),
    });
  }
  return {
    stop: async (drainMs) => {
      isClosing = true;
      guard.stopLocking();
      for (const run of runs) run.stop();
      await drain(deps, runs, drainMs);
    },
  };
}

async function drain({ guard, logger }: WorkerDeps, runs: Set<Run>, drainMs: number): Promise<void> {
  const deadline = Date.now() + drainMs;
  while (runs.size > 0 && Date.now() < deadline) await sleep(10);
  for (const { job } of runs) {
    logger.warn({ job: job.attrs.name, ...job.attrs.data }, 'did not stop in time; it runs again when its lock ends');
  }
  await Promise.race([guard.settled(), sleep(Math.max(deadline - Date.now(), 1000), undefined, { ref: false })]);
}
