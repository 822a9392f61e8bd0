import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work`, but waits for it no longer than `ms`. The work itself is not stopped.
 *
 * @param toMessage makes the error's message from the reason
 */
export async function withDeadline<T>(
  ms: number,
  work: () => Promise<T>,
  toMessage: (reason: string) => string,
): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`did not answer within ${ms} ms`);
  });
  late.catch(() => {}); // the timer that is no longer needed
  try {
    return await Promise.race([work(), late]);
  } catch (cause) {
    throw new Error(toMessage(cause instanceof Error ? cause.message : String(cause)), { cause });
  } finally {
    timer.abort();
  }
}
