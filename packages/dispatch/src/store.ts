/**
 * What a start came to.
 * - `started`: the audience is frozen, its messages are there; this call did it.
 * - `not_due`: the start was moved; come back in `dueInMs`.
 * - `expired`: the end came before the start could.
 * - `none`: nothing to start: started before, canceled or deleted.
 */
export type StartResult =
  | { readonly kind: 'started'; readonly audience: number; readonly endsInMs: number }
  | { readonly kind: 'not_due'; readonly dueInMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'none' };

/** A message to ask the provider with. `phone` is null when the client was deleted since the start. */
export interface ClaimedMessage {
  readonly id: number;
  readonly phone: string | null;
  /** How often it was asked before. */
  readonly attempts: number;
}

/** A leased range of a mailing's messages: nobody else asks with them while the lease holds. */
export interface ClaimedRange {
  readonly kind: 'range';
  readonly rangeId: number;
  readonly text: string;
  /** Milliseconds to the mailing's end by the store's clock, taken after the call began. */
  readonly endsInMs: number;
  readonly messages: readonly ClaimedMessage[];
  /** Aborted when the store can no longer vouch for the lease (its session broke). */
  readonly lost: AbortSignal;
}

/**
 * What a claim came to when there is no range to work on.
 * - `wait`: all that is open is leased by others or waits for a retry; look again in `waitMs`.
 * - `done`: every message has its end.
 * - `ended`: the mailing's end has come.
 * - `stopped`: not running (paused, canceled, deleted, finished).
 */
export type ClaimResult =
  | ClaimedRange
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'done' | 'ended' | 'stopped' };

/** What to write down about one message of a leased range. */
export type Settlement = { readonly rangeId: number; readonly messageId: number } & (
  | { readonly status: 'sent' | 'failed' | 'canceled' | 'unknown' }
  | {
      readonly status: 'pending';
      readonly attempts: number;
      readonly dueInMs: number;
      readonly outcome: 'busy' | 'unknown';
      readonly detail: string;
    }
);

/** What a renewed lease is told: the mailing as it is now. */
export interface Renewal {
  readonly rangeId: number;
  readonly text: string;
  readonly endsInMs: number;
  /** Whether the mailing still runs. */
  readonly running: boolean;
}

/**
 * What a finish came to.
 * - `finished`: the mailing has its last state; this call gave it.
 * - `wait`: before the end and not everything done, or a range is still held: look again in `waitMs`.
 * - `none`: it was finished before, or deleted.
 */
export type FinishResult =
  | { readonly kind: 'finished'; readonly status: 'completed' | 'expired' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'none' };

/** What is due by the store's clock and may have lost its job. */
export interface DueWork {
  /** Scheduled mailings that start within the given horizon, or should have. */
  readonly starts: readonly { readonly mailingId: number; readonly dueInMs: number }[];
  /** Running mailings with a due range that nobody alive holds. */
  readonly sends: readonly number[];
  /** Running mailings whose end has come or whose messages all have theirs. */
  readonly finishes: readonly number[];
  /** Deleted mailings with rows left. */
  readonly purges: readonly number[];
}

/**
 * The ledger as the engine needs it. All times are durations by the store's own clock, never a date of the caller's.
 * Every method may be called twice, by several workers at once, or after a crash in the midst of it.
 */
export interface DispatchStore {
  /** A number of this worker's own, new at each opening. */
  readonly workerId: number;
  /** Freezes the audience and makes the mailing run, once, in one transaction. */
  start(mailingId: number): Promise<StartResult>;
  /** Leases the next free, due range of a running mailing for `leaseMs`. */
  claim(mailingId: number, leaseMs: number): Promise<ClaimResult>;
  /** Extends the leases this worker still holds and tells of their mailings; a range that is missing was lost. */
  renew(rangeIds: readonly number[], leaseMs: number): Promise<Renewal[]>;
  /** Writes outcomes down together with their ranges' counts. What has an end already keeps it. */
  settle(settlements: readonly Settlement[]): Promise<void>;
  /** Gives a range back: done when nothing in it is open, else due at its first retry. */
  release(rangeId: number): Promise<void>;
  /** Gives a running mailing its last state: when all is done, or when its end has come. */
  finish(mailingId: number): Promise<FinishResult>;
  /** What is due and may have lost its job; starts are looked for `horizonMs` ahead. */
  due(horizonMs: number): Promise<DueWork>;
  /** Removes some of a deleted mailing's rows; true when nothing is left. */
  purge(mailingId: number): Promise<boolean>;
}
