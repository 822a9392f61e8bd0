import { setTimeout as sleep } from 'node:timers/promises';
import type { DispatchLogger } from './logger.js';
import type { DispatchStore, Settlement } from './store.js';

/**
 * Gathers outcomes and writes them down in bulk, one write at a time. A write that fails is tried again until it
 * succeeds: an outcome is not dropped because PostgreSQL is away, and the caller's `flushed()` waits for it, so no new
 * work is claimed meanwhile.
 */
export class OutcomeWriter {
  private pending: Settlement[] = [];
  /** Ends when what is pending now is written. */
  private next: Promise<void> | null = null;
  /** Ends when what is being written now is written. */
  private current: Promise<void> = Promise.resolve();
  private isUrgent = false;
  /** Ends the gathering of what is pending. */
  private hurry = () => {};

  constructor(
    private readonly store: Pick<DispatchStore, 'settle'>,
    private readonly flushEveryMs: number,
    private readonly logger: DispatchLogger,
  ) {}

  push(settlement: Settlement): void {
    this.pending.push(settlement);
    this.next ??= this.writeNext();
  }

  /** Resolves when all that was pushed before is written, without gathering more; what others push later is not waited for. */
  async flushed(): Promise<void> {
    if (this.next) {
      this.isUrgent = true;
      this.hurry();
    }
    await (this.next ?? this.current);
  }

  private async writeNext(): Promise<void> {
    await this.current;
    await this.gather();
    const batch = this.pending;
    this.pending = [];
    this.next = null;
    this.current = this.write(batch);
    await this.current;
  }

  private async gather(): Promise<void> {
    if (!this.isUrgent) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.flushEveryMs);
        this.hurry = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.isUrgent = false;
  }

  private async write(batch: Settlement[]): Promise<void> {
    for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        return await this.store.settle(batch);
      } catch (error) {
        this.logger.error({ err: error, outcomes: batch.length }, 'outcomes could not be written, trying again');
        await sleep(pauseMs);
      }
    }
  }
}
