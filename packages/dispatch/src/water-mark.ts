import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { ClaimedMessage, DispatchStore } from './store.js';

const storeAwayMs = 100;

/** A piece that is used up sooner was too small: the next is twice as large, where that is allowed. */
const tooSoonMs = 100;

/**
 * Keeps a range's water mark ahead of what is asked: no request starts with an id above it. The next piece is written
 * while the last one is being asked, so that nobody waits for it.
 */
export class WaterMark {
  private coveredTo = 0;
  private ahead: number;
  private wroteAt = Number.NEGATIVE_INFINITY;
  private writing: Promise<boolean> | null = null;

  constructor(
    private readonly store: Pick<DispatchStore, 'mark'>,
    private readonly lease: Lease,
    private readonly messages: readonly ClaimedMessage[],
    private readonly pieces: { readonly first: number; readonly most: number },
    private readonly logger: DispatchLogger,
  ) {
    this.ahead = pieces.first;
  }

  /** Whether the message at `index` may be asked with; false when the range is somebody else's by now. */
  covers(index: number): boolean | Promise<boolean> {
    if (index >= this.coveredTo) return this.cover(index);
    const isHalfUsed = index >= this.coveredTo - this.ahead / 2;
    if (isHalfUsed && this.coveredTo < this.messages.length) void this.write();
    return true;
  }

  private async cover(index: number): Promise<boolean> {
    while (index >= this.coveredTo) {
      if (!(await this.write())) return false;
    }
    return true;
  }

  private write(): Promise<boolean> {
    this.writing ??= this.writeNext().finally(() => {
      this.writing = null;
    });
    return this.writing;
  }

  private async writeNext(): Promise<boolean> {
    const now = performance.now();
    if (now - this.wroteAt < tooSoonMs) this.ahead = Math.min(2 * this.ahead, this.pieces.most);
    this.wroteAt = now;
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
