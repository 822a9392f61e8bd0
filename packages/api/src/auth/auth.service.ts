import type { Credentials, Me, OwnAccount } from '@showroom/contract';
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
  const caller = await access.signIn(credentials, entrance.address);
  if (caller instanceof ApiError) throw caller;
  const secret = await database.transaction(async (transaction) => {
    if (entrance.session) await endSession(database, entrance.session, transaction);
    await database.sql('UPDATE users SET last_login = clock_timestamp() WHERE id = $1', [caller.id], transaction);
    await record({ ...call, caller }, transaction, { action: 'login', row: caller.id, resource: 'users' });
    return beginSession(database, caller.id, settings.sessionMs, transaction);
  });
  entrance.setSession(secret);
  return readMe({ ...call, caller });
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

export const readMe = async ({ deps, caller }: Call): Promise<Me> => toMe(await readUser(deps, caller), caller);

export async function changeMe(call: Call, change: OwnAccount): Promise<Me> {
  const user = await changeUser(call, { ...change, user: call.caller.username });
  return toMe(user, call.caller);
}
