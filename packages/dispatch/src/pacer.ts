import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { SharedLimits } from './store.js';

/** How long turns are taken ahead: fewer questions to the store, and so much is lost when a worker stops. */
const aheadMs = 50;
/** How soon somebody who waits for a turn notices that the lease is over. */
const lookEveryMs = 50;
const storeAwayMs = 250;

/**
 * A rate that all workers keep together: turns are handed out by the store, a few at a time, and used here one after the
 * other.
 */
export class Pacer {
  private turns = 0;
  private nextAt = 0;
  private intervalMs = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: Pick<SharedLimits, 'takeTurns'>,
    private readonly name: string,
    private readonly logger: DispatchLogger,
  ) {}

  /** Waits for a turn; false when the lease is over first. */
  take(perSecond: number, lease: Lease): Promise<boolean> {
    const mine = this.queue.then(() => this.takeNext(perSecond, lease));
    this.queue = mine;
    return mine;
  }

  private async takeNext(perSecond: number, lease: Lease): Promise<boolean> {
    while (this.turns === 0) {
      if (lease.verdict() === 'over') return false;
      await this.fetch(perSecond);
    }
    for (;;) {
      if (lease.verdict() === 'over') return false;
      const waitMs = this.nextAt - performance.now();
      if (waitMs < 1) break;
      await sleep(Math.min(waitMs, lookEveryMs));
    }
    this.turns -= 1;
    this.nextAt += this.intervalMs;
    return true;
  }

  private async fetch(perSecond: number): Promise<void> {
    const count = Math.max(1, Math.floor((perSecond * aheadMs) / 1_000));
    try {
      const waitMs = await this.store.takeTurns(this.name, perSecond, count);
      this.intervalMs = 1_000 / perSecond;
      this.nextAt = performance.now() + waitMs;
      this.turns = count;
    } catch (error) {
      this.logger.warn({ err: error, rate: this.name }, 'the rate could not be asked for, trying again');
      await sleep(storeAwayMs);
    }
  }
}

export type Pacers = ReturnType<typeof createPacers>;

/** The rate of everything, and one for each mailing that has lanes here. */
export function createPacers(store: Pick<SharedLimits, 'takeTurns'>, logger: DispatchLogger) {
  const byMailing = new Map<number, Pacer>();
  return {
    all: new Pacer(store, 'all', logger),
    of(mailingId: number): Pacer {
      const known = byMailing.get(mailingId) ?? new Pacer(store, `mailing ${mailingId}`, logger);
      byMailing.set(mailingId, known);
      return known;
    },
    forget: (mailingId: number) => void byMailing.delete(mailingId),
  };
}
