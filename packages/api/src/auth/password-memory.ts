import { createHmac, randomBytes } from 'node:crypto';
import { isPassword } from './password.js';

const rememberedMs = 60_000;
const largest = 10_000;

/**
 * Remembers for a minute which pairs of password and stored hash belong together, so that consumers who send their
 * password with every request cost one argon2 a minute, not one a request. Kept under a keyed hash with a key of this
 * process; the stored hash is part of it, so a changed password is out at once.
 */
export class PasswordMemory {
  private readonly key = randomBytes(32);
  private readonly pairs = new Map<string, { until: number; matches: Promise<boolean> }>();

  async isPassword(password: string, hashed: string, now = performance.now()): Promise<boolean> {
    const pair = createHmac('sha256', this.key).update(`${hashed}\0${password}`).digest('base64');
    const known = this.pairs.get(pair);
    if (known && known.until > now) return known.matches;
    const matches = isPassword(password, hashed);
    this.pairs.set(pair, { until: now + rememberedMs, matches });
    if (!(await matches)) this.pairs.delete(pair);
    this.forgetOldest();
    return matches;
  }

  private forgetOldest(): void {
    for (const pair of this.pairs.keys()) {
      if (this.pairs.size <= largest) return;
      this.pairs.delete(pair);
    }
  }
}
