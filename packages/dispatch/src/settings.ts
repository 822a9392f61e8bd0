/** How the engine behaves; the defaults suit a provider that answers within a second or so. */
export interface DispatchSettings {
  /** Requests in flight at once, over all mailings of this worker. */
  readonly concurrency: number;
  /** How long the provider may take for one answer. */
  readonly timeoutMs: number;
  /**
   * How many lanes a mailing is given at the least: more where there are more workers. A lane works on one range at a time.
   * With 0, whoever starts a mailing opens none.
   */
  readonly lanes: number;
  /** How many lanes of one mailing this worker takes; the others are left to other workers. */
  readonly lanesPerWorker: number;
  /** How long a range is held without a sign of life. */
  readonly leaseMs: number;
  /** How often leases are renewed and mailings looked at again. */
  readonly renewEveryMs: number;
  /** How old a worker's knowledge of a mailing may be when a request starts: so soon does a pause or a new end count. */
  readonly knownForMs: number;
  /**
   * How many messages the water mark goes ahead of what is asked: as many may be `unknown` for nothing after a crash. Where
   * asking twice delivers once, it goes further ahead when they are sent fast.
   */
  readonly markAhead: number;
  /** No request starts in the last bit before the end, so that a slow connection cannot carry one over. */
  readonly endGuardMs: number;
  /** How long outcomes are gathered before they are written. */
  readonly flushEveryMs: number;
  /** The first and the longest pause before a busy message is asked again. */
  readonly backoffMs: { readonly first: number; readonly longest: number };
  /**
   * A message that failed so often while others did well has a trouble of its own: its pauses grow up to `longestMs`, and
   * it says nothing of the provider any more.
   */
  readonly trouble: { readonly after: number; readonly longestMs: number };
  /** How many messages a second may be sent, by all workers together; null without a limit. */
  readonly perSecond: number | null;
  /** When a provider counts as sick: the share of failures among the attempts of the last while, from so many on. */
  readonly breaker: {
    readonly share: number;
    readonly windowMs: number;
    readonly attempts: number;
    /** How long requests are stopped: at first, and at the most. */
    readonly firstMs: number;
    readonly longestMs: number;
  };
  /** How long a lane without work rests at the most before it looks again. */
  readonly idleMs: number;
  /** A lane that would rest longer than this ends, and the clock wakes the mailing in time. */
  readonly leaveAfterMs: number;
  /** How long a lane works before it lets the lanes of other mailings have their turn, if they wait. */
  readonly turnMs: number;
  /** How many lanes this worker runs at once; when they are all taken, others may be waiting. */
  readonly lanesAtOnce: number;
  /** How far ahead the sweep makes sure of starts: more than its own period. */
  readonly sweepHorizonMs: number;
}

export const defaultSettings: DispatchSettings = {
  concurrency: 128,
  timeoutMs: 10_000,
  lanes: 6,
  lanesPerWorker: 3,
  leaseMs: 30_000,
  renewEveryMs: 300,
  knownForMs: 900,
  markAhead: 100,
  endGuardMs: 250,
  flushEveryMs: 25,
  backoffMs: { first: 1_000, longest: 60_000 },
  trouble: { after: 3, longestMs: 600_000 },
  perSecond: null,
  breaker: { share: 0.5, windowMs: 5_000, attempts: 20, firstMs: 1_000, longestMs: 60_000 },
  idleMs: 1_000,
  leaveAfterMs: 5_000,
  turnMs: 15_000,
  lanesAtOnce: 64,
  sweepHorizonMs: 120_000,
};
