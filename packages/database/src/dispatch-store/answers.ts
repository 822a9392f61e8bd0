/** After this time without an answer the ledger counts as silent; every statement of the hot path takes milliseconds. */
const silentMs = 5_000;

/**
 * Knows when PostgreSQL answered last, and what still waits for an answer: some connections may be silent, and others not.
 *
 * @example
 * const answers = createAnswers();
 * await answers.of(() => pool.query('…'));
 * answers.tellSilence(); // undefined
 */
export function createAnswers() {
  const waiting = new Set<{ readonly since: number }>();
  let answeredAt = performance.now();

  return {
    /** Does the work, and notes how long its answer takes. */
    async of<T>(work: () => Promise<T>): Promise<T> {
      const asked = { since: performance.now() };
      waiting.add(asked);
      try {
        const answer = await work();
        answeredAt = performance.now();
        return answer;
      } finally {
        waiting.delete(asked);
      }
    },
    /** In words that anybody may read; undefined when every answer comes in time. */
    tellSilence(): string | undefined {
      const since = Math.min(...[...waiting].map((asked) => asked.since));
      const ms = performance.now() - since;
      return ms > silentMs ? `has not answered for ${Math.round(ms / 1_000)} s` : undefined;
    },
    /** Whether an answer came lately. */
    isRecent: () => performance.now() - answeredAt <= silentMs,
  };
}
