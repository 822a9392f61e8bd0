import type { GateState, Trip } from './store.js';

/** What workers share about the provider and about rates, in memory. */
export class MemoryLimits {
  private state: GateState['state'] = 'closed';
  private detail = '';
  private probeAt = 0;
  private timesOpened = 0;
  private readonly nextAt = new Map<string, number>();

  gate(): GateState {
    if (this.state === 'closed') return { state: 'closed' };
    return { state: this.state, probeInMs: this.probeAt - performance.now(), detail: this.detail };
  }

  trip({ detail, firstMs, longestMs, atLeastMs }: Trip): void {
    if (this.state === 'open') return;
    this.state = 'open';
    this.detail = detail;
    this.probeAt = performance.now() + Math.max(atLeastMs, Math.min(longestMs, firstMs * 2 ** this.timesOpened++));
  }

  takeProbe(leaseMs: number): boolean {
    if (this.state === 'closed' || this.probeAt > performance.now()) return false;
    this.state = 'half_open';
    this.probeAt = performance.now() + leaseMs;
    return true;
  }

  recover(): void {
    this.state = 'closed';
    this.timesOpened = 0;
  }

  takeTurns(name: string, perSecond: number, count: number): number {
    const now = performance.now();
    const first = Math.max(now, this.nextAt.get(name) ?? 0);
    this.nextAt.set(name, first + (count * 1_000) / perSecond);
    return first - now;
  }
}
