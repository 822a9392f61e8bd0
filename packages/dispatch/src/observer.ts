import type { Outcome } from './provider.js';

/** Who watches each attempt. Called for every message: it has to be quick, and must not throw. */
export interface DispatchObserver {
  began(): void;
  /** `outcome` is null when nothing was asked after all. */
  ended(outcome: Outcome | null, latencyMs: number): void;
}

export const nobodyWatches: DispatchObserver = { began: () => {}, ended: () => {} };
