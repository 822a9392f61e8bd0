import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { ClaimedMessage, DispatchStore } from './store.js';

const storeAwayMs = 100;

/** How long a piece should last, where its length may grow with the speed. */
const pieceLastsMs = 200;

/**
 * How many messages the mark goes ahead at once. Every piece costs a transaction, and leaves as many messages in doubt
 * when its worker dies.
 */
export class MarkStride {
  private messages: number;

  /** `grows`: where asking twice delivers once, the doubt is soon asked away, and pieces may be as long as speed wants. */
  constructor(
    private readonly least: number,
    private readonly grows: boolean,
  ) {
    this.messages = least;
  }

  get length(): number {
    return this.messages;
  }

  /** Learns from a range how fast messages are asked with. */
  learn(messages: number, tookMs: number): void {
    if (this.grows) this.messages = Math.max(this.least, Math.ceil((messages * pieceLastsMs) / Math.max(1, tookMs)));
  }
}

/**
 * Keeps a range's water mark ahead of what is asked: no request starts with an id above it. The next piece is written
 * while the last one is being asked, so that nobody waits for it.
 */
export class WaterMark {
  private coveredTo = 0;
  private readonly ahead: number;
  private writing: Promise<boolean> | null = null;

  constructor(
    private readonly store: Pick<DispatchStore, 'mark'>,
    private readonly lease: Lease,
    private readonly messages: readonly ClaimedMessage[],
    stride: MarkStride,
    private readonly logger: DispatchLogger,
  ) {
    this.ahead = stride.length;
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
