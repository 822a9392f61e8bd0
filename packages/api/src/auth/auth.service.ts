import type { Credentials, Me, OwnAccount } from '@showroom/contract';
import type { Database, Transaction } from '@showroom/database';
import type { Account } from '../access/callers.js';
import { beginSession, endSession } from '../access/sessions.js';
import { record } from '../audit/record.js';
import type { Call } from '../context.js';
import { ApiError } from '../errors.js';
import { changeUser, readUser } from '../users/users.service.js';
import { toMe } from './auth.presenter.js';

/** A session always begins with a new secret, and ends the one that the browser had before. */
export async function login(call: Call, credentials: Credentials): Promise<Me> {
  const { deps, access, entrance } = call;
  const { database, settings } = deps;
  const account = await access.signIn(credentials, entrance.address);
  if (account instanceof ApiError) throw account;
  const { caller } = account;
  const secret = await database.transaction(async (transaction) => {
    if (entrance.session) await endSession(database, entrance.session, transaction);
    await markSignedIn(database, account, transaction);
    await record({ ...call, caller }, transaction, { action: 'login', row: caller.id, resource: 'users' });
    return beginSession(database, caller.id, settings.sessionMs, transaction);
  });
  entrance.setSession(secret);
  return readMe({ ...call, caller });
}

/** Keeps out who signs in with a password that is being changed at this moment, or is being switched off. */
async function markSignedIn({ sql }: Database, { caller, password }: Account, transaction: Transaction): Promise<void> {
  const rows = await sql(
    `UPDATE users SET last_login = clock_timestamp() WHERE id = $1 AND password = $2 AND is_active RETURNING id`,
    [caller.id, password],
    transaction,
  );
  if (rows.length === 0) throw new ApiError('auth.failed');
}

/** Nothing happens to who has no session: there is none to end. */
export async function logout(call: Call): Promise<void> {
  const { deps, entrance, caller } = call;
  const { session } = entrance;
  if (session === null) return;
  await deps.database.transaction(async (transaction) => {
    const wasThere = await endSession(deps.database, session, transaction);
    if (wasThere) await record(call, transaction, { action: 'logout', row: caller.id, resource: 'users' });
  });
  entrance.setSession(null);
}

export const readMe = async ({ deps, caller }: Call): Promise<Me> =>
  toMe(await readUser(deps, { id: caller.id }), caller);

export async function changeMe(call: Call, change: OwnAccount): Promise<Me> {
  const user = await changeUser(call, { id: call.caller.id }, change);
  return toMe(user, call.caller);
}
