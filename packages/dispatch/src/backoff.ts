/**
 * How long a message that met a busy provider waits: exponential with full jitter, and never less than the provider
 * asked for.
 *
 * @param attempts how often it was asked, this time included
 * @example backoffMs({ first: 1000, longest: 60000 }, 3) // somewhere between 0 and 4 s
 */
export function backoffMs(
  { first, longest }: { first: number; longest: number },
  attempts: number,
  retryAfterMs = 0,
  random: () => number = Math.random,
): number {
  const ceiling = Math.min(longest, first * 2 ** (attempts - 1));
  return Math.max(retryAfterMs, Math.ceil(random() * ceiling));
}
