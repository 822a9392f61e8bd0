import { hash, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Caller, Deps, Entrance } from '../context.js';
import { ApiError, throttled } from '../errors.js';
import { unlessFull } from '../trouble.js';
import { parseBasic } from './basic.js';
import { findBySession, findByToken } from './callers.js';
import { prolongSession } from './sessions.js';
import { createSignIn, type SignIn } from './sign-in.js';
import { consume } from './throttle.js';

/** How long a caller is remembered: so soon are they out whose password, rights or token changed in another process. */
const rememberedMs = 1_000;

/** What a request brings to tell who calls. */
interface Knock {
  readonly authorization: string | undefined;
  readonly entrance: Entrance;
  /** How many calls the request makes: a tRPC batch makes several. */
  readonly calls: number;
}

export interface Access {
  /** Who calls, or why we do not know. Counts the calls of a token. */
  identify(knock: Knock): Promise<Caller | ApiError>;
  /** Who calls by now, when the request has taken its time to come in; nothing is counted again. */
  identifyAgain(knock: Knock): Promise<Caller | ApiError>;
  signIn: SignIn;
  /** To be called when somebody's password, rights, session or token changed: it counts from the next request on. */
  forgetCallers(): void;
}

/**
 * Three ways in, one caller: HTTP Basic and Bearer in the Authorization header; without any of the two, the cookie of a
 * session. A caller is remembered for a second, so that a program that calls often is looked up once a second.
 */
export function createAccess(deps: Deps): Access {
  const { database, settings } = deps;
  const signIn = createSignIn(deps);
  const key = randomUUID();
  const remembered = new LRUCache<string, Caller>({ max: 10_000, ttl: rememberedMs });
  const tokenCalls = new RateLimiterMemory({ points: settings.tokenCallsPerMinute, duration: 60 });

  async function find({ authorization = '', entrance }: Knock): Promise<Caller | ApiError> {
    const [scheme = '', ...rest] = authorization.trim().split(/\s+/);
    if (scheme.toLowerCase() === 'basic') {
      const credentials = parseBasic(rest);
      if (credentials instanceof ApiError) return credentials;
      const account = await signIn(credentials, entrance.address);
      return account instanceof ApiError ? account : account.caller;
    }
    if (scheme.toLowerCase() === 'bearer') {
      return (await findByToken(database, rest.join(' '))) ?? new ApiError('auth.token_failed');
    }
    return (entrance.session && (await findInSession(entrance.session, entrance))) || new ApiError('auth.required');
  }

  async function findInSession(secret: string, { setSession }: Entrance): Promise<Caller | null> {
    const found = await findBySession(database, secret, settings.sessionMs);
    if (!found) return null;
    const { caller, isOld } = found;
    if (isOld && caller.sessionId !== null) {
      await unlessFull(prolongSession(database, caller.sessionId, settings.sessionMs));
      setSession(secret);
    }
    return caller;
  }

  async function findOnceASecond(knock: Knock): Promise<Caller | ApiError> {
    const { authorization, entrance } = knock;
    if (!authorization && !entrance.session) return find(knock);
    const name = hash('sha256', JSON.stringify([key, authorization, entrance.session]), 'base64');
    const known = remembered.get(name);
    if (known) return known;
    const caller = await find(knock);
    if (!(caller instanceof ApiError)) remembered.set(name, caller);
    return caller;
  }

  return {
    signIn,
    identifyAgain: findOnceASecond,
    forgetCallers: () => remembered.clear(),
    async identify(knock) {
      const caller = await findOnceASecond(knock);
      if (caller instanceof ApiError || caller.tokenId === null) return caller;
      const held = await consume(tokenCalls, String(caller.tokenId), knock.calls);
      return held ? throttled(held.waitMs) : caller;
    },
  };
}
