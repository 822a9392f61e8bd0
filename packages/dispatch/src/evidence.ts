import { CircuitState, SamplingBreaker } from 'cockatiel';
import type { Outcome } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { ClaimedMessage } from './store.js';

type EvidenceSettings = Pick<DispatchSettings, 'breaker' | 'trouble'>;

/** How many messages in a row meet a 401 or 403, between others that do well, before our token is to blame. */
const tokenRefusals = 3;

export const isWell = ({ kind }: Outcome) => kind === 'accepted' || kind === 'refused';
export const isTokenRefused = (outcome: Outcome) => outcome.kind === 'busy' && outcome.fault === 'credentials';

/**
 * What this worker's attempts tell of the provider. A message counts once within the window, however often it fails. One
 * that fails again while others do well tells of itself: it does not count, and after three failures it never does. A few
 * messages that always fail stop nobody, therefore.
 */
export class Evidence {
  private breaker: SamplingBreaker;
  private wells = 0;
  private seenWells = 0;
  private lastWellAt = Number.NEGATIVE_INFINITY;
  private refusalsInARow = 0;
  private wellsAtRefusal = 0;
  /** When messages failed last; only what lies in the window. */
  private readonly failedAt = new Map<number, number>();

  constructor(private readonly settings: EvidenceSettings) {
    this.breaker = createBreaker(settings);
  }

  /** Called for most messages; costs as good as nothing. */
  well(): void {
    this.breaker.success(CircuitState.Closed);
    this.wells += 1;
  }

  /** Whether the provider took other messages lately. */
  othersDoWell(now = performance.now()): boolean {
    if (this.wells !== this.seenWells) {
      this.seenWells = this.wells;
      this.lastWellAt = now;
    }
    return now - this.lastWellAt <= 2 * this.settings.breaker.windowMs;
  }

  /** Takes a failure down; true when the provider, or our token, is to blame. */
  failure(message: ClaimedMessage, outcome: Outcome): boolean {
    const now = performance.now();
    const othersDoWell = this.othersDoWell(now);
    if (!this.counts(message, othersDoWell, now)) return false;
    const isSick = this.breaker.failure(CircuitState.Closed);
    if (!isTokenRefused(outcome)) return isSick;
    this.refusalsInARow = this.wells === this.wellsAtRefusal ? this.refusalsInARow + 1 : 1;
    this.wellsAtRefusal = this.wells;
    return isSick || !othersDoWell || this.refusalsInARow >= tokenRefusals;
  }

  /** After a pause nothing of before counts. */
  reset(): void {
    this.breaker = createBreaker(this.settings);
    this.failedAt.clear();
    this.refusalsInARow = 0;
  }

  private counts({ id, attempts }: ClaimedMessage, othersDoWell: boolean, now: number): boolean {
    const { trouble, breaker } = this.settings;
    if (attempts >= trouble.after || (attempts > 0 && othersDoWell)) return false;
    for (const [failed, at] of this.failedAt) {
      if (now - at < breaker.windowMs) break;
      this.failedAt.delete(failed);
    }
    if (this.failedAt.has(id)) return false;
    this.failedAt.set(id, now);
    return true;
  }
}

const createBreaker = ({ breaker: { share, windowMs, attempts } }: EvidenceSettings) =>
  new SamplingBreaker({ threshold: share, duration: windowMs, minimumRps: attempts / (windowMs / 1_000) });
