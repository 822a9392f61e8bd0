import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { DispatchStore } from './store.js';

/**
 * Renews all leases of this worker together, every so often, as long as there are any, and looks at what else may have
 * changed meanwhile. A renewal that fails is not the end of a lease: it holds until its time is up, and says no then.
 */
export class LeaseKeeper {
  private readonly leases = new Set<Lease>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly store: Pick<DispatchStore, 'renew'>,
    private readonly settings: { leaseMs: number; renewEveryMs: number },
    private readonly logger: DispatchLogger,
    private readonly look: () => Promise<void>,
  ) {}

  async keepWhile<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    this.leases.add(lease);
    this.timer ??= this.planNext();
    try {
      return await work();
    } finally {
      this.leases.delete(lease);
    }
  }

  private planNext(): NodeJS.Timeout {
    return setTimeout(() => this.keep(), this.settings.renewEveryMs);
  }

  private async keep(): Promise<void> {
    await Promise.all([
      this.attempt('leases could not be renewed', () => this.renew()),
      this.attempt('the provider’s state could not be read', this.look),
    ]);
    this.timer = this.leases.size > 0 ? this.planNext() : null;
  }

  private async renew(): Promise<void> {
    const askedAt = performance.now();
    const asked = [...this.leases];
    if (asked.length === 0) return;
    const holds = asked.map(({ hold }) => hold);
    const renewals = await this.store.renew(holds, this.settings.leaseMs);
    const byHold = new Map(renewals.map((renewal) => [nameOf(renewal), renewal]));
    for (const lease of asked) {
      const renewal = byHold.get(nameOf(lease.hold));
      if (renewal) lease.renew(renewal, askedAt);
      else lease.stop();
    }
  }

  private async attempt(failure: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error, ranges: this.leases.size }, failure);
    }
  }
}

const nameOf = ({ rangeId, token }: { rangeId: number; token: string }) => `${rangeId} ${token}`;
