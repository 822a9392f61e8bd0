import type { Agenda, JobWithState } from 'agenda';
import { withDeadline } from './deadline.js';
import type { JobsLogger } from './logger.js';
import type { JobData, JobName } from './mailing-jobs.js';
import type { Store } from './store.js';
import { isFarAhead, resumePaused } from './stray.js';

/**
 * What others ask of the clock. Each is a hint: it may be given again and again, and it may be lost, because the
 * sweep finds in PostgreSQL what is due. Each rejects within about `callTimeoutMs` when the job store is away; then
 * the caller logs it and goes on.
 *
 * @example await jobs.startAt(mailing.id, mailing.startAt);
 */
export interface MailingClock {
  /** Starts the mailing at a moment of PostgreSQL's clock, or now if that is past. Called again, it moves the start. */
  startAt(mailingId: number, at: Date): Promise<void>;
  /** Sends a lane now. Does nothing if that lane has a job which runs, is due, or waits to be tried again. */
  send(mailingId: number, lane: number): Promise<void>;
  /** Finishes the mailing at a moment, like `startAt`. */
  finishAt(mailingId: number, at: Date): Promise<void>;
  /** Purges the mailing now, like `send`. */
  purge(mailingId: number): Promise<void>;
  /** Removes what waits for a mailing that was deleted. A purge stays, and what runs already runs on. */
  forget(mailingId: number): Promise<void>;
}

interface ClockDeps {
  agenda: Agenda;
  store: Store;
  storeName: string;
  callTimeoutMs: number;
  logger: JobsLogger;
  /** How far this machine's clock is ahead of PostgreSQL's. */
  clockAheadMs: () => number;
}

type StoredJob = JobWithState<unknown>;

export function createClock(deps: ClockDeps): MailingClock {
  const { callTimeoutMs, storeName } = deps;
  const hint = (what: string, give: () => Promise<void>) =>
    withDeadline(callTimeoutMs, give, (reason) => `${what} is not scheduled: the job store (${storeName}) ${reason}`);
  return {
    startAt: async (mailing, at) => {
      requireDate(at);
      await hint('mailing.start', () => runAt(deps, 'mailing.start', { mailing }, at));
    },
    finishAt: async (mailing, at) => {
      requireDate(at);
      await hint('mailing.finish', () => runAt(deps, 'mailing.finish', { mailing }, at));
    },
    send: (mailing, lane) => hint('mailing.send', () => runOnce(deps, 'mailing.send', { mailing, lane })),
    purge: (mailing) => hint('mailing.purge', () => runOnce(deps, 'mailing.purge', { mailing })),
    forget: (mailing) => hint('mailing.forget', () => forget(deps, mailing)),
  };
}

function requireDate(at: Date): void {
  if (Number.isNaN(at.getTime())) throw new RangeError('A mailing cannot start or finish at an invalid date.');
}

/*
 * A job that is locked far ahead is nobody's: a worker touches its locks all the time, so the clock of the one that wrote
 * this was fast, or is. It counts as missing, like a job that is planned much later than it is due. Should that worker live,
 * it finds its job gone and stops; what it sent stands in PostgreSQL.
 */
const isRunning = ({ lockedAt }: StoredJob) => lockedAt !== undefined && !isFarAhead(lockedAt);
const isWaiting = (job: StoredJob) => job.lockedAt === undefined && job.nextRunAt !== null;

/**
 * A new job takes the place of those that wait, in this order, so that a crash between leaves one too many and never
 * one too few. A job that runs is left alone: what is written into it is overwritten at its end.
 */
async function runAt(deps: ClockDeps, name: JobName, data: JobData, moment: Date): Promise<void> {
  const { agenda, clockAheadMs } = deps;
  const at = new Date(moment.getTime() + clockAheadMs());
  const jobs = await find(deps, name, data);
  const isDue = at.getTime() <= Date.now();
  if (isDue && jobs.some(isRunning)) return;
  const kept = jobs.filter(isWaiting).find((job) => isPlanned(job, at));
  if (!kept) await agenda.schedule(at, name, data);
  await remove(
    agenda,
    jobs.filter((job) => job !== kept && !isRunning(job)),
  );
}

/** Whether the job will run as wanted: at that moment, or soon if that is past (a retry keeps its pause). */
function isPlanned({ nextRunAt, failCount }: StoredJob, at: Date): boolean {
  if (nextRunAt === null) return false;
  const isPast = at.getTime() <= Date.now();
  return (
    nextRunAt.getTime() === at.getTime() ||
    (isPast && (nextRunAt.getTime() <= Date.now() || (!!failCount && !isFarAhead(nextRunAt))))
  );
}

async function find(deps: ClockDeps, name: JobName, data: JobData): Promise<StoredJob[]> {
  const { jobs } = await deps.agenda.queryJobs({ name, data });
  await resumePaused(deps, name, jobs);
  return jobs;
}

/** The store refuses a second job of the same kind, so a finished one that its worker left behind must go first. */
async function runOnce(deps: ClockDeps, name: JobName, data: JobData): Promise<void> {
  const { agenda, store } = deps;
  const jobs = await find(deps, name, data);
  if (jobs.some((job) => isRunning(job) || (isWaiting(job) && !isFarAhead(job.nextRunAt)))) return;
  await remove(agenda, jobs);
  try {
    await agenda.now(name, data);
  } catch (error) {
    if (!store.isDuplicate(error)) throw error;
  }
}

async function forget({ agenda }: ClockDeps, mailing: number): Promise<void> {
  const names: JobName[] = ['mailing.start', 'mailing.send', 'mailing.finish'];
  const { jobs } = await agenda.queryJobs({ names, data: { mailing } });
  await remove(
    agenda,
    jobs.filter((job) => !isRunning(job)),
  );
}

async function remove(agenda: Agenda, jobs: StoredJob[]): Promise<void> {
  if (jobs.length > 0) await agenda.cancel({ ids: jobs.map((job) => job._id) });
}
