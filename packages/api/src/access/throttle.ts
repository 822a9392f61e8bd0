import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';

const fiveMinutes = 300;
const aDayMs = 86_400_000;

/** Why an attempt may not be made now. */
export interface Throttled {
  readonly waitMs: number;
  /** Whether this is the first one that is held up: later ones tell nothing new. */
  readonly isFirst: boolean;
}

/**
 * How many wrong passwords may be tried within five minutes: so many for one account from one address; ten times as many
 * from one address, or for one account from wherever. The last two do not hold up who signed in from there within the last day, so that
 * strangers who try one account, and neighbours who try many, lock nobody out. An account that does not exist is counted like one that does. Counted by this
 * process: with several servers, each has its own.
 */
export class SignInThrottle {
  private readonly pairs: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;
  private readonly accounts: RateLimiterMemory;
  private readonly known = new LRUCache<string, true>({ max: 10_000, ttl: aDayMs });

  constructor(wrongPasswords: number) {
    const limiter = (points: number) => new RateLimiterMemory({ points, duration: fiveMinutes });
    this.pairs = limiter(wrongPasswords);
    this.addresses = limiter(10 * wrongPasswords);
    this.accounts = limiter(10 * wrongPasswords);
  }

  /** Counts an attempt before it is made, so that many at once do not slip through. */
  async take(username: string, address: string): Promise<Throttled | null> {
    const { account, network, pair } = toKeys(username, address);
    const isKnown = this.known.has(pair);
    // Asked first, so that a flood of names from one address is not remembered name by name.
    if (!isKnown && (await isSpent(this.addresses, network))) return consume(this.addresses, network);
    const held = await consume(this.pairs, pair);
    if (held || isKnown) return held;
    return (await consume(this.addresses, network)) ?? (await consume(this.accounts, account));
  }

  /** Forgets an attempt that was none: the password was right. */
  async succeeded(username: string, address: string): Promise<void> {
    const { account, network, pair } = toKeys(username, address);
    await this.pairs.delete(pair);
    if (!this.known.has(pair)) {
      await this.addresses.reward(network);
      await this.accounts.reward(account);
    }
    this.known.set(pair, true);
  }
}

/** Hashed: a name that somebody makes up may be long. */
function toKeys(username: string, address: string) {
  const account = createHash('sha256').update(username).digest('base64');
  const network = toNetwork(address);
  return { account, network, pair: `${network} ${account}` };
}

/** Whoever has an IPv6 address has its whole /64. */
function toNetwork(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.');
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
