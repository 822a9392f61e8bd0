import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '@showroom/contract';
import { recordRefusal } from '../audit/record.js';
import type { Deps } from '../context.js';
import { ApiError, throttled } from '../errors.js';
import { unlessFull } from '../trouble.js';
import { networkOf } from './address.js';
import { type Account, findAccount } from './callers.js';
import { isKnownAddress, rememberAddress } from './known-addresses.js';
import { OneAttemptAtATime } from './one-attempt.js';
import { hashPassword, isOutdated, isPassword } from './password.js';
import { PasswordMemory } from './password-memory.js';
import { SignInThrottle } from './throttle.js';
import { normalizeUsername } from './username.js';

/** How long it takes at least until a wrong password is answered: longer than any hash, ours or Django's, is computed. */
const refusalMs = 500;
/** When to try again while another attempt is being made from the same known address. */
const nextTurnMs = 1_000;

export type SignIn = (credentials: Credentials, address: string) => Promise<Account | ApiError>;

/**
 * Tells who somebody is by username and password. The user's row is read each time, so a changed password, a deactivated
 * user or a right that was taken away counts at once. Wrong ones are counted, recorded, and answered alike and after the
 * same time, whether the account exists or not. Above the limit, a known address makes one attempt at a time.
 */
export function createSignIn(deps: Deps): SignIn {
  const memory = new PasswordMemory();
  const throttle = new SignInThrottle(deps.settings.wrongPasswords);
  const oneAtATime = new OneAttemptAtATime(deps.database);
  const nobody = hashPassword('nobody');

  return async ({ username, password }, address) => {
    const askedAt = performance.now();
    const account = await findAccount(deps.database, username);
    const hashed = account?.password ?? (await nobody);
    // An account that does not exist costs the same look-ups.
    const whose = { userId: account?.caller.id ?? 0, network: networkOf(address) };
    const told = { username, userId: account?.caller.id ?? null, address };

    const pair = { username: normalizeUsername(username), address };

    async function judge(): Promise<ApiError | null> {
      const isKnown = await isKnownAddress(deps.database, whose);
      const attempt = { ...pair, isKnown };
      const held = await throttle.take(attempt);
      if (!held) return tryPassword(askedAt, () => throttle.succeeded(attempt));
      // Nothing is taken back: each turn of the owner would give a guesser ten fast attempts.
      const takeTurn = async () => ({ refusal: await tryPassword(performance.now()) });
      const tried = isKnown && (await oneAtATime.run(whose, takeTurn));
      if (tried) return tried.refusal;
      if (held.isFirst) await recordRefusal(deps, { ...told, reason: 'request.throttled' });
      return throttled(isKnown ? nextTurnMs : held.waitMs);
    }

    async function tryPassword(startedAt: number, takeBack?: () => Promise<void>): Promise<ApiError | null> {
      if ((await isPassword(password, hashed)) && account) {
        await takeBack?.();
        await unlessFull(rememberAddress(deps.database, whose, hashed));
        return null;
      }
      await recordRefusal(deps, { ...told, reason: 'auth.failed' });
      await sleep(Math.max(0, startedAt + refusalMs - performance.now()));
      return new ApiError('auth.failed');
    }

    const isAboveLimit = await throttle.isAboveLimit(pair);
    const refusal = await memory.verdictOn([username, address, hashed, password], judge, { isAboveLimit });
    if (refusal || !account) return refusal ?? new ApiError('auth.failed');
    return isOutdated(hashed) ? renewHash(deps, account, password) : account;
  };
}

/** Hashes anew what Django had hashed; a password that was changed meanwhile stays as it was changed. */
async function renewHash({ database }: Deps, account: Account, password: string): Promise<Account | ApiError> {
  const { caller } = account;
  const where = { id: caller.id, password: account.password };
  await unlessFull(database.users.update({ password: await hashPassword(password) }, { where }));
  // Whoever else signed in at the same moment may have renewed it; or it was changed, and this one is right no more.
  const now = await findAccount(database, caller.username);
  const isTheirs = now?.caller.id === caller.id && (await isPassword(password, now.password));
  return isTheirs ? now : new ApiError('auth.failed');
}
