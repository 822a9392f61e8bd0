import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Waits until `probe` gives something other than false, null or undefined, and gives that.
 *
 * @param timeoutMs after this long it fails, with the last error of the probe if there was one
 * @example const mailing = await waitFor(async () => (await read(id)).status === 'completed');
 */
export async function waitFor<T>(
  probe: () => Promise<T> | T,
  { timeoutMs = 10_000, everyMs = 25, what = 'the condition' } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== false && value !== null && value !== undefined) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadline) throw new Error(`${what} did not come true in ${timeoutMs} ms`, { cause: lastError });
    await sleep(everyMs);
  }
}
