import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ApiError } from '../errors.js';

/** How long it is remembered whether a password is right. */
const rememberedMs = 60_000;

/**
 * Remembers for a minute who came with which password, so that consumers who send theirs with every request cost one
 * argon2 a minute, not one a request. A wrong one that is sent again and again is no guessing either. Kept under a keyed
 * hash with a key of this process; the stored hash is part of it, so a changed password is out at once.
 */
export class PasswordMemory {
  private readonly key = randomBytes(32);
  private readonly verdicts = new LRUCache<string, Promise<ApiError | null>>({ max: 10_000, ttl: rememberedMs });

  /** Asks `judge` unless it judged this very password a short time ago; the same one at the same time is asked once. */
  async verdictOn(secrets: string[], judge: () => Promise<ApiError | null>): Promise<ApiError | null> {
    const name = createHmac('sha256', this.key).update(JSON.stringify(secrets)).digest('base64');
    const known = this.verdicts.get(name);
    if (known) return known;
    const verdict = judge();
    this.verdicts.set(name, verdict);
    const forget = () => void (this.verdicts.peek(name) === verdict && this.verdicts.delete(name));
    const isNoVerdict = (refusal: ApiError | null) => refusal?.error === 'request.throttled';
    verdict.then((refusal) => isNoVerdict(refusal) && forget(), forget);
    return verdict;
  }
}
