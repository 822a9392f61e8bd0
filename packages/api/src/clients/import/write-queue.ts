import { E_TIMEOUT, Semaphore, withTimeout } from 'async-mutex';
import { ApiError } from '../../errors.js';

/** When to try again after waiting in vain, in seconds. */
const retryAfter = 30;

export interface WriteQueue {
  /**
   * Does the work as soon as it may. First come, first served.
   *
   * @throws ApiError import.busy after waiting in vain
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * Lets a few imports write at a time. The others wait without a connection to the database, so that enough connections
 * are left for everybody else.
 *
 * @example createWriteQueue({ atOnce: 2, waitMs: 60_000 }).run(() => write(file))
 */
export function createWriteQueue({ atOnce, waitMs }: { atOnce: number; waitMs: number }): WriteQueue {
  const permits = withTimeout(new Semaphore(atOnce), waitMs);
  return {
    async run(work) {
      const [, release] = await permits.acquire().catch((error: unknown) => {
        throw error === E_TIMEOUT ? new ApiError('import.busy', undefined, { retryAfter }) : error;
      });
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
