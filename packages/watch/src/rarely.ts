/** So long is an answer told again. */
const rememberedMs = 10_000;

/**
 * A look that costs something, made every ten seconds at the most. A failed one is made again at once.
 *
 * @example { name: 'writes', isVital: true, look: rarely(() => tellWhyNoWrites(database)) }
 */
export function rarely<T>(look: () => Promise<T>): () => Promise<T> {
  let last: { at: number; answer: T } | undefined;
  return async () => {
    if (last && performance.now() - last.at < rememberedMs) return last.answer;
    last = undefined;
    const answer = await look();
    last = { at: performance.now(), answer };
    return answer;
  };
}
