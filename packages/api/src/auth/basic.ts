import { isUtf8 } from 'node:buffer';
import type { Database, User } from '@showroom/database';
import type { Caller } from '../context.js';
import { ApiError } from '../errors.js';
import { hashPassword, isOutdated } from './password.js';
import { PasswordMemory } from './password-memory.js';
import { rightsOf } from './rights.js';

export type Authenticate = (authorization: string | undefined) => Promise<Caller | ApiError>;

/**
 * Tells from an Authorization header who calls, by HTTP Basic. The user's row and rights are read at every request, so a
 * changed password, a deactivated user or a right that was taken away is out at once; an unknown user costs as much time as a wrong password.
 */
export function createBasicAuthentication(database: Pick<Database, 'users' | 'select'>): Authenticate {
  const { users } = database;
  const memory = new PasswordMemory();
  const nobody = hashPassword('nobody');

  return async (authorization) => {
    const pair = parseBasic(authorization);
    if (pair instanceof ApiError) return pair;
    const user = await users.findOne({ where: { username: pair.username } });
    const matches = await memory.isPassword(pair.password, user?.password ?? (await nobody));
    if (!user?.isActive || !matches) return new ApiError('auth.failed');
    if (isOutdated(user.password)) await renewHash(users, user, pair.password);
    const { id, username, isSuperuser } = user;
    return { id, username, isSuperuser, permissions: isSuperuser ? new Set() : await rightsOf(database, id) };
  };
}

/** Hashes anew what Django had hashed; a password that was changed meanwhile stays as it was changed. */
async function renewHash(users: Database['users'], { id, password: outdated }: User, password: string): Promise<void> {
  await users.update({ password: await hashPassword(password) }, { where: { id, password: outdated } });
}

function parseBasic(authorization = ''): { username: string; password: string } | ApiError {
  const [scheme, encoded, ...rest] = authorization.trim().split(/\s+/);
  if (scheme?.toLowerCase() !== 'basic') return new ApiError('auth.required');
  if (encoded === undefined) {
    return new ApiError('auth.malformed', 'Invalid basic header. No credentials provided.');
  }
  if (rest.length > 0) {
    return new ApiError('auth.malformed', 'Invalid basic header. Credentials string should not contain spaces.');
  }
  const decoded = decodeBase64(encoded);
  if (decoded === null) {
    return new ApiError('auth.malformed', 'Invalid basic header. Credentials not correctly base64 encoded.');
  }
  const colon = decoded.indexOf(':');
  // PostgreSQL keeps no NUL, so nobody's name has one; without a colon there is no password.
  if (colon < 0 || decoded.includes('\0')) return new ApiError('auth.failed');
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** UTF-8, or Latin-1 where it is not; null when its length is none that base64 can have. */
function decodeBase64(encoded: string): string | null {
  const characters = encoded.replace(/[^A-Za-z0-9+/]/g, '').length;
  const padding = /=*$/.exec(encoded)![0].length;
  if (characters % 4 === 1 || (characters % 4 !== 0 && (characters + padding) % 4 !== 0)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}
