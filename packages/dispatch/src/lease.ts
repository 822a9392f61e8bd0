import type { ClaimedRange, Hold, Origin, Renewal } from './store.js';

interface LeaseSettings {
  leaseMs: number;
  knownForMs: number;
  endGuardMs: number;
}

/**
 * Whether another request may start.
 * - `ask`: it may.
 * - `wait`: not known; the next renewal will tell.
 * - `over`: not with this range, not by this worker now.
 */
export type Verdict = 'ask' | 'wait' | 'over';

/**
 * What this worker knows of a range it holds, in its own monotonic time. Every instant is counted from before the
 * store was asked, so that a slow answer can only make us stop too early. What is known for longer than `knownForMs` is
 * not known any more: somebody may have paused the mailing, or moved its end.
 */
export class Lease {
  text: string;
  perSecond: number | null;
  /** Told of messages that must not be asked for any more, each time all of them. */
  whenWithdrawn: (messageIds: readonly number[]) => void = () => {};
  private endsAt = 0;
  private closesAt = 0;
  private heldUntil = 0;
  private knownUntil = 0;
  private stopped = false;

  constructor(
    readonly mailingId: number,
    private readonly range: ClaimedRange,
    private readonly settings: LeaseSettings,
    /** When the store was asked for the range. */
    readonly claimedAt: number,
    private readonly signal: AbortSignal,
  ) {
    this.text = range.text;
    this.perSecond = range.perSecond;
    this.learn(range, claimedAt);
  }

  get origin(): Origin {
    return this.range.origin;
  }

  get hold(): Hold {
    return this.range.hold;
  }

  /** Milliseconds until the mailing's end. */
  msToEnd(now = performance.now()): number {
    return this.endsAt - now;
  }

  verdict(now = performance.now()): Verdict {
    if (this.stopped || this.signal.aborted || this.range.lost.aborted) return 'over';
    const { endGuardMs } = this.settings;
    if (now >= this.heldUntil || this.msToEnd(now) <= endGuardMs || this.closesAt - now <= endGuardMs) return 'over';
    return now < this.knownUntil ? 'ask' : 'wait';
  }

  renew(renewal: Renewal, askedAt: number): void {
    this.text = renewal.text;
    this.perSecond = renewal.perSecond;
    this.learn(renewal, askedAt);
    if (!renewal.running) this.stopped = true;
    if (renewal.withdrawn.length > 0) this.whenWithdrawn(renewal.withdrawn);
  }

  /** No more requests: somebody else has the range by now. */
  stop(): void {
    this.stopped = true;
  }

  private learn({ endsInMs, closesInMs }: { endsInMs: number; closesInMs: number | null }, askedAt: number): void {
    this.endsAt = askedAt + endsInMs;
    this.closesAt = closesInMs === null ? Number.POSITIVE_INFINITY : askedAt + closesInMs;
    this.heldUntil = askedAt + this.settings.leaseMs;
    this.knownUntil = askedAt + this.settings.knownForMs;
  }
}
