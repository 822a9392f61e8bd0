import type { ClaimedRange, Renewal } from './store.js';

/**
 * What this worker knows of a range it holds, in its own monotonic time. Every instant is counted from before the
 * store was asked, so that a slow answer can only make us stop too early.
 */
export class Lease {
  text: string;
  private endsAt: number;
  private heldUntil: number;
  private stopped = false;

  constructor(
    private readonly range: ClaimedRange,
    private readonly settings: { leaseMs: number; endGuardMs: number },
    askedAt: number,
    private readonly signal: AbortSignal,
  ) {
    this.text = range.text;
    this.endsAt = askedAt + range.endsInMs;
    this.heldUntil = askedAt + settings.leaseMs;
  }

  get rangeId(): number {
    return this.range.rangeId;
  }

  /** Milliseconds until the mailing's end. */
  msToEnd(now = performance.now()): number {
    return this.endsAt - now;
  }

  /** Whether another request may start now. */
  mayAsk(now = performance.now()): boolean {
    if (this.stopped || this.signal.aborted || this.range.lost.aborted) return false;
    return now < this.heldUntil && this.msToEnd(now) > this.settings.endGuardMs;
  }

  renew({ text, endsInMs, running }: Renewal, askedAt: number): void {
    this.text = text;
    this.endsAt = askedAt + endsInMs;
    this.heldUntil = askedAt + this.settings.leaseMs;
    if (!running) this.stopped = true;
  }

  /** No more requests: somebody else has the range by now. */
  stop(): void {
    this.stopped = true;
  }
}
