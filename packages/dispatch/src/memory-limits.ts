import type { Fault, GateState, SeenFault, Trial, Trip } from './store.js';

/** What workers share about the provider and about rates, in memory. */
export class MemoryLimits {
  private state: GateState['state'] = 'closed';
  private detail = '';
  private probeAt = 0;
  private timesOpened = 0;
  private triedMailingId: number | null = null;
  private readonly faults = new Map<number, Fault>();
  private readonly nextAt = new Map<string, number>();

  gate(): GateState {
    if (this.state === 'closed') return { state: 'closed' };
    const { state, detail, triedMailingId } = this;
    return { state, detail, triedMailingId, probeInMs: this.probeAt - performance.now() };
  }

  trip({ detail, firstMs, longestMs, atLeastMs }: Trip): void {
    if (this.state === 'open') return;
    this.state = 'open';
    this.detail = detail;
    this.probeAt = performance.now() + Math.max(atLeastMs, Math.min(longestMs, firstMs * 2 ** this.timesOpened++));
  }

  takeProbe({ leaseMs, mailingId, sameMailingWaitsMs, waitsMs }: Trial): boolean {
    const waitMs = waitsMs + (mailingId === this.triedMailingId ? sameMailingWaitsMs : 0);
    if (this.state === 'closed' || this.probeAt + waitMs > performance.now()) return false;
    this.state = 'half_open';
    this.triedMailingId = mailingId;
    this.probeAt = performance.now() + leaseMs;
    return true;
  }

  recover(): void {
    this.state = 'closed';
    this.timesOpened = 0;
    this.triedMailingId = null;
  }

  reportFault(workerId: number, live: ReadonlySet<number>, found: Fault): SeenFault {
    this.faults.set(workerId, found);
    const others = [...live].filter((id) => id !== workerId);
    const isSame = (other: Fault | undefined) =>
      other?.fault === found.fault && (found.fault === 'provider' || other.httpStatus === found.httpStatus);
    return { isAlone: others.length === 0, othersHaveIt: others.some((id) => isSame(this.faults.get(id))) };
  }

  clearFault(workerId: number): void {
    this.faults.delete(workerId);
  }

  takeTurns(name: string, perSecond: number, count: number): number {
    const now = performance.now();
    const first = Math.max(now, this.nextAt.get(name) ?? 0);
    this.nextAt.set(name, first + (count * 1_000) / perSecond);
    return first - now;
  }
}
