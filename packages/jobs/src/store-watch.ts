import type { JobsLogger } from './logger.js';

export interface StoreWatch {
  /** Runs one of the regular queries, and notes whether the store answered. */
  observe<T>(query: () => Promise<T>): Promise<T>;
  /** Whether this error was noted, and so need not be logged again. */
  hasSeen(error: unknown): boolean;
}

/**
 * A worker asks the store ten times a second. When the store is away, that is worth two lines in the log: one when
 * it goes, one when it is back.
 */
export function createStoreWatch({ logger, name }: { logger: JobsLogger; name: string }): StoreWatch {
  const seen = new WeakSet<object>();
  let awaySince: number | undefined;

  const answered = () => {
    if (awaySince === undefined) return;
    logger.info({ awayMs: Date.now() - awaySince }, `the job store (${name}) answers again`);
    awaySince = undefined;
  };
  const failed = (err: unknown) => {
    if (typeof err === 'object' && err !== null) seen.add(err);
    if (awaySince !== undefined) return;
    awaySince = Date.now();
    logger.error({ err }, `the job store (${name}) does not answer; jobs wait until it does`);
  };

  return {
    observe: async (query) => {
      try {
        const answer = await query();
        answered();
        return answer;
      } catch (error) {
        failed(error);
        throw error;
      }
    },
    hasSeen: (error) => typeof error === 'object' && error !== null && seen.has(error),
  };
}
