import { startAgenda } from './agenda.js';
import { type Board, createBoard } from './board.js';
import type { Kept } from './catalog.js';
import { createClock, type MailingClock } from './clock.js';
import { createHealth, type Health } from './health.js';
import { createJobList, type JobList } from './job-list.js';
import type { JobsLogger } from './logger.js';
import { createJobKinds, type MailingJobs } from './mailing-jobs.js';
import { type Keeper, keepRepeating, type Repeating } from './repeating.js';
import { type Backend, openStore, type Store, storeName } from './store.js';
import { createWorker, type Worker } from './worker.js';

export interface JobsOptions {
  /** PostgreSQL, which keeps the jobs (in its schema `agenda`) when there is no MongoDB. */
  databaseUrl: string;
  /** MongoDB, which keeps the jobs when it is given. */
  mongodbUrl?: string;
  logger: JobsLogger;
  /** Whose jobs these are: what the connections are called in the store. */
  app?: string;
  /** How often a worker asks the store for jobs. By default 500; 250 where no notification tells of a new job. */
  processEveryMs?: number;
  /** How long after the death of its worker a job is taken over: 20,000 by default. */
  lockLifetimeMs?: number;
  /** How often the sweep runs: 60,000 by default. */
  sweepEveryMs?: number;
  /** How many sends one worker runs side by side: 16 by default. */
  sendConcurrency?: number;
  /** How long a call of the clock may take: 2,500 by default. */
  callTimeoutMs?: number;
  /** Which jobs that ended a worker keeps, for people to look at: none by default. */
  keptJobs?: Kept;
  /** What a worker makes run again and again, beside the sweep. */
  repeating?: readonly Repeating[];
  /** How many connections to PostgreSQL at most, when it keeps the jobs: `connectionsOfJobs.worker` by default. */
  connections?: number;
  /** How far this machine's clock is ahead of PostgreSQL's, which jobs are planned by; 0 by default. */
  clockAheadMs?: () => number;
}

/** The clock for everybody, the list of jobs, and the way to become a worker. */
export interface Jobs extends MailingClock, JobList, Health {
  readonly backend: Backend;
  /** What a dashboard of the jobs asks: see `createDashboard`. */
  readonly board: Board;
  /**
   * Becomes a worker: runs jobs from now on, sweeps right away and then every minute.
   *
   * @throws Error when it is one already
   */
  work(handlers: MailingJobs): Promise<void>;
  /**
   * Aborts the signals of running handlers, waits up to `drainMs` (10,000 by default) for them, hands what they left
   * to other workers and closes the connections. A handler that goes on regardless runs again elsewhere when its lock
   * ends. Agenda leaves a timer behind of up to half a lock's lifetime: a process that wants to end sooner exits.
   */
  close(drainMs?: number): Promise<void>;
}

/**
 * How many connections a process has for its jobs, when PostgreSQL keeps them. A worker looks for jobs, in milliseconds,
 * and listens for new ones on one. In a server, a hint must not wait while somebody looks through a long list of jobs.
 */
export const connectionsOfJobs = { worker: 1, server: 3 } as const;

const defaults = {
  app: 'showroom',
  lockLifetimeMs: 20_000,
  sweepEveryMs: 60_000,
  sendConcurrency: 16,
  callTimeoutMs: 2500,
  connections: connectionsOfJobs.worker,
  keptJobs: { atMost: 0, forMs: 0 },
  repeating: [],
  clockAheadMs: () => 0,
};

/**
 * Connects to the job store and makes its tables or indexes if they are missing.
 *
 * @throws Error that names the store's host, within seconds, when it cannot be reached
 * @example
 * const jobs = await openJobs({ databaseUrl, mongodbUrl, logger });
 * await jobs.startAt(12, new Date('2026-12-01T09:00:00Z')); // any process
 * await jobs.work(handlers);                                // a worker
 * await jobs.close();
 */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const settings = { ...defaults, ...withoutUndefined(options) };
  const { logger } = settings;
  const kinds = createJobKinds(settings.sendConcurrency);
  const maxConcurrency = Object.values(kinds).reduce((sum, kind) => sum + kind.concurrency, 0);
  const name = storeName(settings);
  const connectionName = `${settings.app}, jobs`;
  const store = await openStore({ ...settings, name: connectionName, timeoutMs: settings.callTimeoutMs });
  const processEveryMs = settings.processEveryMs ?? (store.channel ? 500 : 250);
  const { agenda, guard } = await startAgenda({
    ...settings,
    store,
    storeName: name,
    processEveryMs,
    timeoutMs: 2 * settings.callTimeoutMs,
    maxConcurrency,
  }).catch((error) => closeAfter(store, error));
  let worker: Worker | undefined;
  let keeper: Keeper | undefined;
  let closed: Promise<void> | undefined;
  const close = async (drainMs: number) => {
    await keeper?.stop();
    await worker?.stop(drainMs);
    await agenda.stop(false).catch((err: unknown) => logger.warn({ err }, 'waiting jobs could not be unlocked'));
    await store.close();
  };
  const { catalog } = store;
  // People wait longer than whoever gives a hint.
  const looking = { ...settings, agenda, catalog, storeName: name, callTimeoutMs: 2 * settings.callTimeoutMs };
  return {
    ...createClock({ ...settings, agenda, store, storeName: name }),
    ...createJobList(looking),
    ...createHealth(looking),
    board: createBoard(looking),
    backend: store.backend,
    work: async (handlers) => {
      if (worker) throw new Error('This process works already: work() is called once.');
      const { keptJobs: kept } = settings;
      worker = createWorker({ ...settings, agenda, guard, handlers, kinds, keepsEnded: kept.atMost > 0 });
      keeper = await keepRepeating({ ...settings, agenda, store, kept });
    },
    close: (drainMs = 10_000) => {
      closed ??= close(drainMs);
      return closed;
    },
  };
}

async function closeAfter(store: Store, error: unknown): Promise<never> {
  await store.close();
  throw error;
}

/** An option that is there but undefined means its default too. */
function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
