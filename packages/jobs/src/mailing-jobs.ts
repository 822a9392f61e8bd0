/**
 * What the jobs do. The worker implements it with `@showroom/dispatch`. Every one may run twice, early, late or
 * never: a handler looks up in PostgreSQL what is really due, and does nothing if nothing is.
 *
 * A handler that rejects is logged and run again, after 1 s at first and at most 30 s later. A signal is aborted when
 * the worker closes (what is left then goes to another worker at once) or when the job is no longer this worker's.
 *
 * @example
 * const handlers: MailingJobs = {
 *   start: (mailingId) => dispatch.start(mailingId),
 *   send: (mailingId, lane, signal) => dispatch.send(mailingId, lane, signal),
 *   …
 * };
 */
export interface MailingJobs {
  /** Freezes the audience of a mailing whose start has come. */
  start(mailingId: number): Promise<void>;
  /**
   * Sends what one lane of a mailing has open. Takes minutes to hours, and stops soon after `signal` is aborted.
   * `crowded`: this worker has lanes enough of that mailing; the job is left for another, and looked at again soon.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler that returns nothing is the usual one
  send(mailingId: number, lane: number, signal: AbortSignal): Promise<Crowded | void>;
  /** Closes a mailing whose end has come. */
  finish(mailingId: number): Promise<void>;
  /** Removes the rows of a deleted mailing, in batches. */
  purge(mailingId: number, signal: AbortSignal): Promise<void>;
  /** Re-creates, through the clock, what is due in PostgreSQL and has no live job. */
  sweep(signal: AbortSignal): Promise<void>;
  /** Removes, in batches, what has been kept for long enough. */
  tidy(signal: AbortSignal): Promise<void>;
  /** Sends the report of the day, unless that was done. */
  report(): Promise<void>;
}

/** What a send answers that left its lane to another worker. */
type Crowded = 'crowded';

export const jobNames = [
  'mailing.start',
  'mailing.send',
  'mailing.finish',
  'mailing.purge',
  'mailing.sweep',
  'ledger.tidy',
  'statistic.report',
] as const;
export type JobName = (typeof jobNames)[number];

/** A job carries ids only; which of them, its kind says. */
export type JobData = { mailing?: number; lane?: number };
type JobIds = Required<JobData>;

/** How one kind of job runs. */
export interface JobKind {
  readonly ids: readonly (keyof JobIds)[];
  /** How many run side by side in one worker. A limit for each kind, so that long sends starve nobody. */
  readonly concurrency: number;
  /** Whether it ends early when its signal is aborted, so that somebody has to go on with it. */
  readonly stoppable: boolean;
  /** Whether it is kept for a while when it has ended, for people to look at. */
  readonly kept: boolean;
  run(handlers: MailingJobs, ids: JobIds, signal: AbortSignal): Promise<unknown>;
}

export function createJobKinds(sendConcurrency: number): Record<JobName, JobKind> {
  return {
    'mailing.start': {
      ids: ['mailing'],
      concurrency: 4,
      stoppable: false,
      kept: true,
      run: (handlers, { mailing }) => handlers.start(mailing),
    },
    'mailing.send': {
      ids: ['mailing', 'lane'],
      concurrency: sendConcurrency,
      stoppable: true,
      kept: true,
      run: (handlers, { mailing, lane }, signal) => handlers.send(mailing, lane, signal),
    },
    'mailing.finish': {
      ids: ['mailing'],
      concurrency: 4,
      stoppable: false,
      kept: true,
      run: (handlers, { mailing }) => handlers.finish(mailing),
    },
    'mailing.purge': {
      ids: ['mailing'],
      concurrency: 2,
      stoppable: true,
      kept: true,
      run: (handlers, { mailing }, signal) => handlers.purge(mailing, signal),
    },
    'mailing.sweep': {
      ids: [],
      concurrency: 2,
      stoppable: true,
      kept: false,
      run: (handlers, _ids, signal) => handlers.sweep(signal),
    },
    'ledger.tidy': {
      ids: [],
      concurrency: 1,
      stoppable: true,
      kept: false,
      run: (handlers, _ids, signal) => handlers.tidy(signal),
    },
    'statistic.report': {
      ids: [],
      concurrency: 1,
      stoppable: false,
      kept: false,
      run: (handlers) => handlers.report(),
    },
  };
}

/** The ids of a job, or undefined if one is missing (somebody made the job by hand). */
export function readJobIds(kind: JobKind, data: JobData | undefined): JobIds | undefined {
  const complete = kind.ids.every((id) => Number.isSafeInteger(data?.[id]));
  return complete ? (data as JobIds) : undefined;
}
