import { createHash } from 'node:crypto';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from './address.js';

const fiveMinutes = 300;

/** Why an attempt may not be made now. */
export interface Throttled {
  readonly waitMs: number;
  /** Whether this is the first one that is held up: later ones tell nothing new. */
  readonly isFirst: boolean;
}

/** A password that somebody tries. */
export interface Attempt {
  /** The account's name in NFKC: each spelling of a name counts as the same. */
  readonly username: string;
  readonly address: string;
  /** Whether the account was signed in to from this address within the last 24 hours. */
  readonly isKnown: boolean;
}

/**
 * Counts wrong passwords within five minutes. The limits: so many for one account from one address; ten times as many from
 * one address; ten times as many for one account. The two wider limits skip known addresses, so strangers who try one
 * account, and neighbours who try many, lock nobody out. An account that does not exist is counted like one that does.
 * Each process counts for itself.
 */
export class SignInThrottle {
  private readonly pairs: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;
  private readonly accounts: RateLimiterMemory;

  constructor(wrongPasswords: number) {
    const limiter = (points: number) => new RateLimiterMemory({ points, duration: fiveMinutes });
    this.pairs = limiter(wrongPasswords);
    this.addresses = limiter(10 * wrongPasswords);
    this.accounts = limiter(10 * wrongPasswords);
  }

  /** Counts an attempt before it is made, so that many at once do not slip through. */
  async take(attempt: Attempt): Promise<Throttled | null> {
    const { isKnown } = attempt;
    const { account, network, pair } = toKeys(attempt);
    // Asked first, so that a flood of names from one address is not remembered name by name.
    if (!isKnown && (await isSpent(this.addresses, network))) return consume(this.addresses, network);
    const held = await consume(this.pairs, pair);
    if (held || isKnown) return held;
    return (await consume(this.addresses, network)) ?? (await consume(this.accounts, account));
  }

  /** Whether the account has used up its wrong passwords from this address: the next attempt is held up. */
  isAboveLimit(attempt: Pick<Attempt, 'username' | 'address'>): Promise<boolean> {
    return isSpent(this.pairs, toKeys(attempt).pair);
  }

  /** Takes back an attempt that was not held up, and whose password was right. */
  async succeeded(attempt: Attempt): Promise<void> {
    const { account, network, pair } = toKeys(attempt);
    await this.pairs.delete(pair);
    if (attempt.isKnown) return;
    await this.addresses.reward(network);
    await this.accounts.reward(account);
  }
}

/** Hashed: a name that somebody makes up may be long. */
function toKeys({ username, address }: Pick<Attempt, 'username' | 'address'>) {
  const account = createHash('sha256').update(username).digest('base64');
  const network = networkOf(address);
  return { account, network, pair: `${network} ${account}` };
}

async function isSpent(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  const counted = await limiter.get(key);
  return counted !== null && counted.remainingPoints <= 0;
}

/** Counts against a limit; tells for how long there is no room when there is none. */
export async function consume(limiter: RateLimiterMemory, key: string, points = 1): Promise<Throttled | null> {
  try {
    await limiter.consume(key, points);
    return null;
  } catch (refused) {
    const { msBeforeNext, consumedPoints } = refused as RateLimiterRes;
    return { waitMs: msBeforeNext, isFirst: consumedPoints - points <= limiter.points };
  }
}
