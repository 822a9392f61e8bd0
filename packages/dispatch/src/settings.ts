/** How the engine behaves; the defaults suit a provider that answers within a second or so. */
export interface DispatchSettings {
  /** Requests in flight at once, over all mailings of this worker. */
  readonly concurrency: number;
  /** How long the provider may take for one answer. */
  readonly timeoutMs: number;
  /** How many lanes a mailing is given when it starts; a lane works on one range at a time. */
  readonly lanes: number;
  /** How many lanes of one mailing this worker takes; the others are left to other workers. */
  readonly lanesPerWorker: number;
  /** How long a range is held without a sign of life. */
  readonly leaseMs: number;
  /** How often leases are renewed and mailings looked at again. */
  readonly renewEveryMs: number;
  /** No request starts in the last bit before the end, so that a slow connection cannot carry one over. */
  readonly endGuardMs: number;
  /** How long outcomes are gathered before they are written. */
  readonly flushEveryMs: number;
  /** The first and the longest pause before a busy message is asked again. */
  readonly backoffMs: { readonly first: number; readonly longest: number };
  /** How long a lane without work rests at the most before it looks again. */
  readonly idleMs: number;
  /** How far ahead the sweep makes sure of starts: more than its own period. */
  readonly sweepHorizonMs: number;
}

export const defaultSettings: DispatchSettings = {
  concurrency: 128,
  timeoutMs: 10_000,
  lanes: 4,
  lanesPerWorker: 2,
  leaseMs: 30_000,
  renewEveryMs: 1_000,
  endGuardMs: 250,
  flushEveryMs: 10,
  backoffMs: { first: 1_000, longest: 60_000 },
  idleMs: 1_000,
  sweepHorizonMs: 120_000,
};
