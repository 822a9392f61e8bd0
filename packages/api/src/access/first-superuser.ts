import { randomBytes } from 'node:crypto';
import type { Database } from '@showroom/database';
import { hashPassword } from './password.js';

export interface FirstSuperuser {
  username: string;
  /** Only when it was made up just now: it cannot be shown again. */
  password: string | null;
}

/**
 * Makes sure that somebody can sign in. A superuser is created when there is none, or when a username and password are
 * given that nobody has: the way back in for an operator who lost the password. Never changes who exists.
 *
 * @example const admin = await ensureFirstSuperuser(database, { username: 'admin' });
 */
export async function ensureFirstSuperuser(
  { users }: Pick<Database, 'users'>,
  { username, password }: { username: string; password?: string },
): Promise<FirstSuperuser> {
  const exists = (await users.count({ where: { username } })) > 0;
  const someone = (await users.count({ where: { isSuperuser: true } })) > 0;
  if (exists || (someone && password === undefined)) return { username, password: null };
  const chosen = password ?? randomBytes(15).toString('base64url');
  const [, created] = await users.findOrCreate({
    where: { username },
    defaults: { username, password: await hashPassword(chosen), isSuperuser: true, isStaff: true },
  });
  return { username, password: created && password === undefined ? chosen : null };
}
