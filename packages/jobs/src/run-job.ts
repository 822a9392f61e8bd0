import type { Agenda, Job } from 'agenda';
import type { GuardedRepository } from './guarded-repository.js';
import { keepLock } from './lock.js';
import type { JobsLogger } from './logger.js';
import { type JobData, type JobKind, type MailingJobs, readJobIds } from './mailing-jobs.js';

/** A run in progress, to be stopped when the worker closes. */
export interface Run {
  readonly job: Job<JobData>;
  stop(): void;
}

export interface RunDeps {
  agenda: Agenda;
  guard: GuardedRepository;
  logger: JobsLogger;
  handlers: MailingJobs;
  lockLifetimeMs: number;
  /** The runs of this worker: each adds itself, and goes when it ends. */
  runs: Set<Run>;
  isClosing(): boolean;
}

/** A worker with lanes enough of a mailing leaves the lane alone for one to two of these. */
const crowdedPauseMs = 1_000;

/**
 * Runs one job under its lock. It ends in one of five ways:
 *
 * - done: Agenda removes it. So is a job without its ids, which nobody could ever run.
 * - failed: the handler rejected; Agenda runs it again after a pause.
 * - crowded: this worker has enough of its kind. The job stays, due soon, for whoever looks first.
 * - handed over: the worker closes and the handler stopped half-way. The job stays, due now, for another worker.
 * - lost: another worker has it, or may have it at the end. Nothing more is written for it here.
 */
export async function runJob(deps: RunDeps, kind: JobKind, job: Job<JobData>): Promise<void> {
  if (deps.isClosing()) return handOver(job);
  const { name, data } = job.attrs;
  const ids = readJobIds(kind, data);
  if (!ids) return deps.logger.error({ job: name, data }, `${name} is dropped: it lacks an id (${kind.ids})`);

  const stopper = new AbortController();
  const run: Run = { job, stop: () => stopper.abort(new Error('the worker closes')) };
  let lost: string | undefined;
  const onLost = (reason: string) => {
    lost = reason;
    deps.guard.disown(job.attrs);
    stopper.abort(new Error(`${name} is another worker's: ${reason}`));
  };
  const lock = keepLock({ ...deps, job, lifetimeMs: deps.lockLifetimeMs, onLost });
  deps.runs.add(run);
  const outcome = await settle(() => kind.run(deps.handlers, ids, stopper.signal));
  if (!(await lock.release())) onLost(lost ?? 'its lock was not renewed in time');
  deps.runs.delete(run);
  if (lost !== undefined) return reportLost(deps, job, lost);
  if (stopper.signal.aborted && kind.stoppable) return handOver(job);
  if (outcome.error) reportFailure(deps, job, outcome.error);
  if (outcome.result === 'crowded') handOver(job, Math.ceil((1 + Math.random()) * crowdedPauseMs));
}

/** Agenda keeps a job whose next run is set, unlocks it, and whoever looks next runs it. */
function handOver(job: Job<JobData>, inMs = 0): void {
  job.attrs.nextRunAt = new Date(Date.now() + inMs);
}

function reportLost({ logger }: RunDeps, { attrs }: Job<JobData>, reason: string): never {
  logger.warn({ job: attrs.name, ...attrs.data }, `${attrs.name} was stopped: ${reason}`);
  throw new Error(`${attrs.name} was stopped: ${reason}`);
}

function reportFailure({ logger }: RunDeps, { attrs }: Job<JobData>, err: Error): never {
  const context = { err, job: attrs.name, ...attrs.data, failures: (attrs.failCount ?? 0) + 1 };
  logger.error(context, `${attrs.name} failed; it is tried again`);
  throw err;
}

async function settle(work: () => Promise<unknown>): Promise<{ error?: Error; result?: unknown }> {
  try {
    return { result: await work() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error), { cause: error }) };
  }
}
