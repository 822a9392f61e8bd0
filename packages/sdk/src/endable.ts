/**
 * Something to loop over that ends at once when it is left, also while a step of it is waited for: a generator that is told to
 * return does so only after that step. Each loop begins anew.
 *
 * @param outer the caller's own signal
 * @param steps what is looped over; it ends, or throws, when its signal aborts
 */
export const endable = <T>(
  outer: AbortSignal | undefined,
  steps: (signal: AbortSignal) => AsyncGenerator<T, void>,
): AsyncIterable<T> => ({
  [Symbol.asyncIterator]: () => iterate(outer, steps),
});

function iterate<T>(
  outer: AbortSignal | undefined,
  steps: (signal: AbortSignal) => AsyncGenerator<T, void>,
): AsyncIterator<T, undefined> {
  const left = new AbortController();
  const abort = () => left.abort(outer?.reason);
  const over = { done: true, value: undefined } as const;
  let isLeft = false;
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  const running = steps(left.signal);
  const release = () => outer?.removeEventListener('abort', abort);
  return {
    next: async () => {
      try {
        const { done, value } = await running.next();
        if (!done) return { done, value };
        release();
        return over;
      } catch (error) {
        release();
        if (isLeft) return over;
        throw error;
      }
    },
    return: async () => {
      isLeft = true;
      release();
      left.abort();
      await running.return().catch(() => {});
      return over;
    },
  };
}
