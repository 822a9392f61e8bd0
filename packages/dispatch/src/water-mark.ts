import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { ClaimedMessage, DispatchStore } from './store.js';

const storeAwayMs = 100;

/**
 * Keeps a range's water mark ahead of what is asked: no request starts with an id above it. The next piece is written
 * while the last one is being asked, so that nobody waits for it.
 */
export class WaterMark {
  private coveredTo = 0;
  private writing: Promise<boolean> | null = null;

  constructor(
    private readonly store: Pick<DispatchStore, 'mark'>,
    private readonly lease: Lease,
    private readonly messages: readonly ClaimedMessage[],
    private readonly ahead: number,
    private readonly logger: DispatchLogger,
  ) {}

  /** Whether the message at `index` may be asked with; false when the range is somebody else's by now. */
  async covers(index: number): Promise<boolean> {
    while (index >= this.coveredTo) {
      this.writing ??= this.write();
      const isOurs = await this.writing;
      this.writing = null;
      if (!isOurs) return false;
    }
    const isHalfUsed = index >= this.coveredTo - this.ahead / 2;
    if (isHalfUsed && this.coveredTo < this.messages.length) this.writing ??= this.write();
    return true;
  }

  private async write(): Promise<boolean> {
    const to = Math.min(this.coveredTo + this.ahead, this.messages.length);
    while (this.lease.verdict() !== 'over') {
      try {
        const isOurs = await this.store.mark(this.lease.hold, this.messages[to - 1]!.id);
        if (!isOurs) this.lease.stop();
        if (isOurs) this.coveredTo = to;
        return isOurs;
      } catch (error) {
        this.logger.warn(
          { err: error, range: this.lease.hold.rangeId },
          'the water mark could not be written, trying again',
        );
        await sleep(storeAwayMs);
      }
    }
    return false;
  }
}
