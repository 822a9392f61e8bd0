import type { MessageReason } from '@showroom/contract';

/**
 * The request that a mailing came with, or went on with last, as far as it is known: so that it can be followed from there
 * to the provider.
 */
export interface Origin {
  readonly requestId: string | null;
  /** Its place in a trace, as the header `traceparent` has it. */
  readonly traceParent: string | null;
}

/**
 * What a start came to.
 * - `started`: the audience is frozen, its messages are there; this call did it.
 * - `not_due`: the start was moved; come back in `dueInMs`.
 * - `running`: it was started before and runs, or runs again; lanes may be wanted.
 * - `expired`: the end came before the start could.
 * - `none`: nothing to start: paused, ended or deleted.
 */
export type StartResult =
  | { readonly kind: 'started'; readonly audience: number; readonly endsInMs: number; readonly origin: Origin }
  | { readonly kind: 'running'; readonly endsInMs: number }
  | { readonly kind: 'not_due'; readonly dueInMs: number }
  | { readonly kind: 'expired' }
  | { readonly kind: 'none' };

/**
 * A message to ask the provider with. `phone` is null when the client was deleted since the start. It is as it was stored:
 * numbers from before there was a rule may break it.
 */
export interface ClaimedMessage {
  readonly id: number;
  readonly clientId: number;
  readonly phone: string | null;
  /** How often it was asked before. */
  readonly attempts: number;
  /** Whether it may have been asked without an answer: by a worker that died, or into silence. Then it may have arrived. */
  readonly unanswered: boolean;
}

/** One claim of one range, by one life of a worker's session. Whoever claims the range after it has another. */
export interface Hold {
  readonly rangeId: number;
  readonly workerId: number;
  /** Tells this claim from another by the same worker; means nothing to anybody but the store. */
  readonly token: string;
}

/** A leased range of a mailing's messages: nobody else asks with them while the lease holds. */
export interface ClaimedRange {
  readonly kind: 'range';
  readonly hold: Hold;
  readonly text: string;
  readonly origin: Origin;
  /** Milliseconds to the mailing's end by the store's clock, taken after the call began. */
  readonly endsInMs: number;
  /** The same to the moment at which the window closes in the range's time zone; null without a window. */
  readonly closesInMs: number | null;
  /** How many messages of the mailing may be sent a second, by all workers together; null without a limit. */
  readonly perSecond: number | null;
  readonly messages: readonly ClaimedMessage[];
  /** Aborted when the store can no longer vouch for the lease (its session broke). */
  readonly lost: AbortSignal;
}

/**
 * What a claim came to when there is no range to work on.
 * - `wait`: all that is open waits for a retry or a window, or is leased by others; look again in `waitMs`.
 * - `done`: every message has its end.
 * - `ended`: the mailing's end has come, or it was canceled.
 * - `stopped`: not running (paused, deleted, finished), or all sending is stopped.
 */
export type ClaimResult =
  | ClaimedRange
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'done' | 'ended' | 'stopped' };

/** What happened to a message other than being accepted at once: a line of its timeline. */
export interface MessageEvent {
  readonly event: 'accepted' | 'refused' | 'busy' | 'unknown' | 'canceled';
  /** Which attempt it was, from 1; null when it was none. */
  readonly attempt: number | null;
  readonly httpStatus: number | null;
  readonly code: number | null;
  readonly latencyMs: number | null;
  readonly detail: string;
}

/** Why a message is canceled when its turn comes. */
export type CancelReason = Extract<MessageReason, 'client_deleted' | 'bad_number'>;

/** What to write down about one message of a leased range. */
export type Settlement = {
  readonly rangeId: number;
  readonly messageId: number;
  readonly event: MessageEvent | null;
} & (
  | { readonly status: 'sent' | 'failed' | 'unknown' }
  | { readonly status: 'canceled'; readonly reason: CancelReason }
  | {
      readonly status: 'pending';
      readonly attempts: number;
      readonly dueInMs: number;
      /** `unknown` once an attempt went without an answer, whatever the later ones were answered. */
      readonly outcome: 'busy' | 'unknown';
    }
);

/** What a renewed lease is told: the mailing as it is now. */
export interface Renewal {
  readonly token: string;
  readonly rangeId: number;
  readonly text: string;
  readonly endsInMs: number;
  readonly closesInMs: number | null;
  readonly perSecond: number | null;
  /** Whether the mailing still runs, and sending is not stopped. */
  readonly running: boolean;
  /** Messages of the hold whose client was deleted since the claim: they are not asked for any more. */
  readonly withdrawn: readonly number[];
}

/**
 * What a finish came to.
 * - `finished`: the mailing has its last state; this call gave it.
 * - `wait`: before the end and not everything done, or a range is still held: look again in `waitMs`.
 * - `none`: it was finished before, or deleted.
 */
export type FinishResult =
  | { readonly kind: 'finished'; readonly status: 'completed' | 'expired' | 'canceled' }
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'none' };

/** What is due by the store's clock and may have lost its job. */
export interface DueWork {
  /** Scheduled mailings that start within the given horizon, or should have. */
  readonly starts: readonly { readonly mailingId: number; readonly dueInMs: number }[];
  /** Running mailings with a due range that nobody alive holds; none while all sending is stopped. */
  readonly sends: readonly number[];
  /** Mailings whose end has come, whose messages all have theirs, or that were canceled, and that are not finished. */
  readonly finishes: readonly number[];
  /** Deleted mailings with rows left. */
  readonly purges: readonly number[];
}

/** How a worker claims. */
export interface ClaimTerms {
  readonly leaseMs: number;
  /** Whether what a dead worker may have asked can be asked again; else it becomes `unknown`. */
  readonly idempotent: boolean;
}

/** What all workers know of a provider: whether it takes requests, or how long until somebody may try. */
export type GateState =
  | { readonly state: 'closed' }
  | {
      readonly state: 'open' | 'half_open';
      readonly probeInMs: number;
      readonly detail: string;
      /** The mailing of the last trial. */
      readonly triedMailingId: number | null;
    };

/** Who tries a stopped provider, and how long others have the first chance. */
export interface Trial {
  /** Another may try after this time, should this one not be heard of again. */
  readonly leaseMs: number;
  readonly mailingId: number;
  /** How much longer the pause is for a mailing that tried last; other mailings are to have the first chance. */
  readonly sameMailingWaitsMs: number;
  readonly waitsMs: number;
}

/** What one worker found of a provider. */
export interface Fault {
  /** `credentials`: the provider does not take our token; an operator has to look. */
  readonly fault: 'provider' | 'credentials';
  readonly httpStatus: number | null;
  readonly detail: string;
}

/** What the store knows of the other workers when one reports a fault. */
export interface SeenFault {
  /** No other worker lives. */
  readonly isAlone: boolean;
  /** Another that lives has the same fault; of credentials, with the same status. */
  readonly othersHaveIt: boolean;
}

/** Why requests are stopped for all, and for how long. */
export interface Trip {
  readonly fault: Fault['fault'];
  readonly detail: string;
  /** The pause doubles from `firstMs` each time the provider is found sick again, up to `longestMs`. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** What the provider asked for. */
  readonly atLeastMs: number;
}

/**
 * What workers share about a provider and about rates, so that a sick provider is left alone by all of them.
 */
export interface SharedLimits {
  /** Makes a provider known, with what this worker was told of it. */
  introduce(provider: { name: string; idempotent: boolean; perSecond: number | null }): Promise<void>;
  gate(provider: string): Promise<GateState>;
  /** Stops requests for all workers. Who comes second changes nothing. */
  trip(provider: string, trip: Trip): Promise<void>;
  /** Takes the one request that may try a stopped provider; false when it is not time, or somebody else's turn. */
  takeProbe(provider: string, trial: Trial): Promise<boolean>;
  /** Lets requests through again. */
  recover(provider: string): Promise<void>;
  /** Writes down that this worker found a fault. It is forgotten when the worker is gone. */
  reportFault(provider: string, fault: Fault): Promise<SeenFault>;
  clearFault(provider: string): Promise<void>;
  /** Takes `count` turns of a rate that all workers share; gives the time until the first of them. */
  takeTurns(name: string, perSecond: number, count: number): Promise<number>;
}

/**
 * The ledger as the engine needs it. All times are durations by the store's own clock, never a date of the caller's.
 * Every method may be called twice, by several workers at once, or after a crash in the midst of it.
 */
export interface DispatchStore extends SharedLimits {
  /** A number of this worker's own, new at each opening. */
  readonly workerId: number;
  /** How many workers live, this one included. */
  countWorkers(): Promise<number>;
  /** Freezes the audience and makes the mailing run, once, in one transaction. */
  start(mailingId: number): Promise<StartResult>;
  /** Leases the next free, due range of a running mailing. */
  claim(mailingId: number, terms: ClaimTerms): Promise<ClaimResult>;
  /**
   * Moves a range's water mark, before anybody asks with an id up to `toId`: after a crash it tells what may have been
   * asked. False when the range is another worker's by now.
   */
  mark(hold: Hold, toId: number): Promise<boolean>;
  /** Extends the leases that still hold and tells of their mailings; one that is missing was lost. */
  renew(holds: readonly Hold[], leaseMs: number): Promise<Renewal[]>;
  /** Writes outcomes down together with their ranges' counts. What has an end already keeps it. */
  settle(settlements: readonly Settlement[]): Promise<void>;
  /**
   * Gives a range back: done when nothing in it is open, else due at its first retry. What was withdrawn and is open ends
   * here, in case nobody renewed the lease in time to learn of it.
   */
  release(hold: Hold): Promise<void>;
  /** Gives a running mailing its last state: when all is done, or when its end has come. */
  finish(mailingId: number): Promise<FinishResult>;
  /**
   * What is due and may have lost its job; starts are looked for `horizonMs` ahead. What was withdrawn from a worker that
   * has died since ends here.
   */
  due(horizonMs: number): Promise<DueWork>;
  /** Removes some of a deleted mailing's rows; true when nothing is left. */
  purge(mailingId: number): Promise<boolean>;
}
