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
  private writing: Promise<void> | null = null;
  /** Ends the gathering of what is pending. */
  private hurry = () => {};

  constructor(
    private readonly store: Pick<DispatchStore, 'settle'>,
    private readonly flushEveryMs: number,
    private readonly logger: DispatchLogger,
  ) {}

  push(settlement: Settlement): void {
    this.pending.push(settlement);
    this.writing ??= this.run();
  }

  /** Writes all that was pushed before, without gathering more, and resolves when that is done. */
  async flushed(): Promise<void> {
    while (this.writing) {
      this.hurry();
      await this.writing;
    }
  }

  private async run(): Promise<void> {
    while (this.pending.length > 0) {
      await this.gather();
      const batch = this.pending;
      this.pending = [];
      await this.write(batch);
    }
    this.writing = null;
  }

  private gather(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.flushEveryMs);
      this.hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    });
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
