import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ApiError } from '../errors.js';

/** How long it is remembered whether a password is right. */
const rememberedMs = 60_000;

interface Verdict {
  readonly refusal: Promise<ApiError | null>;
  isRefused: boolean;
}

/**
 * Remembers for a minute who came with which password, so that consumers who send theirs with every request cost one
 * argon2 a minute, not one a request. A wrong one that is sent again and again is no guessing either. Kept under a keyed
 * hash with a key of this process; the stored hash is part of it, so a changed password is out at once.
 */
export class PasswordMemory {
  private readonly key = randomBytes(32);
  private readonly verdicts = new LRUCache<string, Verdict>({ max: 10_000, ttl: rememberedMs });

  /**
   * Asks `judge` unless it judged this very password a short time ago; the same one at the same time is asked once.
   *
   * @param isAboveLimit whether only passwords that were refused before are answered from memory. Otherwise the right one
   *   would be answered at once, while wrong ones wait for their turn or get none: a guesser could tell them apart.
   */
  async verdictOn(
    secrets: string[],
    judge: () => Promise<ApiError | null>,
    { isAboveLimit }: { isAboveLimit: boolean },
  ): Promise<ApiError | null> {
    const name = createHmac('sha256', this.key).update(JSON.stringify(secrets)).digest('base64');
    const known = this.verdicts.get(name);
    if (known && (known.isRefused || !isAboveLimit)) return known.refusal;
    const verdict: Verdict = { refusal: judge(), isRefused: false };
    this.verdicts.set(name, verdict);
    const forget = () => void (this.verdicts.peek(name) === verdict && this.verdicts.delete(name));
    verdict.refusal.then((refusal) => {
      if (refusal?.error === 'request.throttled') return forget();
      verdict.isRefused = refusal !== null;
    }, forget);
    return verdict.refusal;
  }
}
