import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials } from '@showroom/contract';
import { recordRefusal } from '../audit/record.js';
import type { Deps } from '../context.js';
import { ApiError, throttled } from '../errors.js';
import { type Account, findAccount } from './callers.js';
import { hashPassword, isOutdated, isPassword } from './password.js';
import { PasswordMemory } from './password-memory.js';
import { SignInThrottle } from './throttle.js';

/** How long it takes at least until a wrong password is answered: longer than any hash, ours or Django's, is computed. */
const refusalMs = 500;

export type SignIn = (credentials: Credentials, address: string) => Promise<Account | ApiError>;

/**
 * Tells who somebody is by username and password. The user's row is read each time, so a changed password, a deactivated
 * user or a right that was taken away counts at once. Wrong ones are counted, recorded, and answered alike and after the
 * same time, whether the account exists or not.
 */
export function createSignIn(deps: Deps): SignIn {
  const memory = new PasswordMemory();
  const throttle = new SignInThrottle(deps.settings.wrongPasswords);
  const nobody = hashPassword('nobody');

  return async ({ username, password }, address) => {
    const startedAt = performance.now();
    const account = await findAccount(deps.database, username);
    const hashed = account?.password ?? (await nobody);

    async function judge(): Promise<ApiError | null> {
      const held = await throttle.take(username, address);
      if (held) {
        if (held.isFirst) await recordRefusal(deps, { username, address, reason: 'request.throttled' });
        return throttled(held.waitMs);
      }
      if ((await isPassword(password, hashed)) && account) {
        await throttle.succeeded(username, address);
        return null;
      }
      await recordRefusal(deps, { username, address, reason: 'auth.failed' });
      await sleep(Math.max(0, startedAt + refusalMs - performance.now()));
      return new ApiError('auth.failed');
    }

    const refusal = await memory.verdictOn([username, address, hashed, password], judge);
    if (refusal || !account) return refusal ?? new ApiError('auth.failed');
    return isOutdated(hashed) ? renewHash(deps, account, password) : account;
  };
}

/** Hashes anew what Django had hashed; a password that was changed meanwhile stays as it was changed. */
async function renewHash({ database }: Deps, account: Account, password: string): Promise<Account | ApiError> {
  const { caller } = account;
  const where = { id: caller.id, password: account.password };
  await database.users.update({ password: await hashPassword(password) }, { where });
  // Whoever else signed in at the same moment may have renewed it; or it was changed, and this one is right no more.
  const now = await findAccount(database, caller.username);
  return now && (await isPassword(password, now.password)) ? now : new ApiError('auth.failed');
}
