import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { DispatchStore } from './store.js';

/**
 * Renews all leases of this worker together, every so often, as long as there are any. A renewal that fails is not
 * the end of a lease: it holds until its time is up, and `Lease.mayAsk` says no from then on.
 */
export class LeaseKeeper {
  private readonly leases = new Map<number, Lease>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly store: Pick<DispatchStore, 'renew'>,
    private readonly settings: { leaseMs: number; renewEveryMs: number },
    private readonly logger: DispatchLogger,
  ) {}

  async keepWhile<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    this.leases.set(lease.rangeId, lease);
    this.timer ??= setTimeout(() => this.renew(), this.settings.renewEveryMs);
    try {
      return await work();
    } finally {
      this.leases.delete(lease.rangeId);
    }
  }

  private async renew(): Promise<void> {
    const askedAt = performance.now();
    const asked = [...this.leases.values()];
    try {
      if (asked.length > 0) {
        const renewals = await this.store.renew([...this.leases.keys()], this.settings.leaseMs);
        const byRange = new Map(renewals.map((renewal) => [renewal.rangeId, renewal]));
        for (const lease of asked) {
          const renewal = byRange.get(lease.rangeId);
          if (renewal) lease.renew(renewal, askedAt);
          else lease.stop();
        }
      }
    } catch (error) {
      this.logger.warn({ err: error, ranges: asked.length }, 'leases could not be renewed');
    }
    this.timer = this.leases.size > 0 ? setTimeout(() => this.renew(), this.settings.renewEveryMs) : null;
  }
}
