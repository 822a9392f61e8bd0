import type { FaultRates } from './faults.js';
import type { World } from './world.js';

/** When chaos has its time. */
interface ChaosTime {
  /** Aborted when the mailings are over, or when they have had chaos enough and need some peace to come to an end. */
  readonly signal: AbortSignal;
  /** The hurried mailing's end, by Date.now(). */
  readonly hurriedEndsAt: number;
}

/** Leaves everything as it found it: running. */
export type Chaos = (world: World, time: ChaosTime) => Promise<void>;

/**
 * Two mailings run at once: a patient one that has time for all its messages, and a hurried one whose end comes in the
 * midst of everything.
 */
export interface Scenario {
  readonly name: string;
  readonly workers: number;
  /** How far each worker's clock is off. */
  readonly shiftsMs?: readonly number[];
  /** Clocks are right at first, and off from the moment that chaos wants. */
  readonly isShiftedLater?: boolean;
  /** So many of the workers, from the first on, have a token that the provider does not take. */
  readonly wrongTokens?: number;
  /** Whether the workers reach PostgreSQL through a proxy, whose connections can fall silent. */
  readonly isProxied?: boolean;
  /** What the workers believe of the provider; true when left out. Where it is false, nobody may be asked twice. */
  readonly idempotent?: boolean;
  readonly faults?: FaultRates;
  readonly latencyMs: readonly [number, number];
  /** How many clients each of the two mailings has. */
  readonly patient: number;
  readonly hurried: number;
  readonly chaos?: Chaos;
  /** Needs minutes: not in the short form. */
  readonly isLong?: boolean;
}
