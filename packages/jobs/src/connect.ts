import { setTimeout as sleep } from 'node:timers/promises';
import { boardMethods } from './board.js';
import { type Jobs, type JobsOptions, openJobs } from './jobs.js';
import { storeName } from './store.js';

/** The first and the longest pause before another try. */
const pausesMs = { first: 500, longest: 15_000 };

/**
 * Like `openJobs`, but at once: while the job store cannot be reached, it is tried again and again, each time after a
 * longer pause, and whoever asks something is told so. PostgreSQL has the truth, so nothing has to wait for this; what was
 * not scheduled meanwhile, a sweep finds. `work` waits.
 *
 * @example
 * const jobs = connectJobs({ databaseUrl, mongodbUrl, logger }); // never fails
 * await jobs.work(handlers);                                    // from the moment the store answers
 */
export function connectJobs(options: JobsOptions): Jobs {
  const { logger, mongodbUrl } = options;
  const name = storeName(options);
  const stop = new AbortController();
  let jobs: Jobs | undefined;
  let reason = 'is not connected yet';

  async function connect(): Promise<Jobs> {
    for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.longest)) {
      stop.signal.throwIfAborted();
      try {
        jobs = await openJobs(options);
        return jobs;
      } catch (error) {
        reason = (error as Error).message;
        logger.error({ err: error, againInMs: pauseMs }, `${reason}; trying again`);
        await sleep(pauseMs, undefined, { signal: stop.signal });
      }
    }
  }

  const connected = connect();
  connected.catch(() => {}); // only `close` ends it
  const required = (): Jobs => {
    if (!jobs) throw new Error(`the job store (${name}): ${reason}`);
    return jobs;
  };

  return {
    ...late(['startAt', 'finishAt', 'send', 'purge', 'forget', 'list', 'read', 'ping', 'stand'], required),
    board: late(boardMethods, () => required().board),
    backend: mongodbUrl ? 'mongodb' : 'postgresql',
    work: async (handlers) => (await connected).work(handlers),
    close: async (drainMs) => {
      stop.abort();
      await connected.then(
        (opened) => opened.close(drainMs),
        () => {},
      );
    },
  };
}

/** These methods of an object that is not there yet; called too early, they reject. */
function late<T extends object, K extends keyof T>(methods: readonly K[], of: () => T): Pick<T, K> {
  const call =
    (method: K) =>
    async (...given: unknown[]) =>
      (of()[method] as (...given: unknown[]) => unknown)(...given);
  return Object.fromEntries(methods.map((method) => [method, call(method)])) as Pick<T, K>;
}
