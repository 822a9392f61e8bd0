import { type CustomIssue, issue } from '@showroom/contract';
import type { Database, Transaction } from '@showroom/database';
import { usernamesLock } from '@showroom/database';
import { LRUCache } from 'lru-cache';
import { normalizeUsername } from '../access/username.js';
import { taken } from '../rows.js';
import { lookOf } from './look-alikes.js';

/*
 * Rules for new names: of new users, and for users who are renamed. Names from before these rules stay as they are: a
 * change that repeats the name is no new name.
 */

const longest = 150;
const allowed = /^[\p{L}\p{N}\p{M}_.@+-]+$/u;

const looks = new LRUCache<string, string>({ max: 10_000 });
const cachedLookOf = (name: string): string => {
  const look = looks.get(name) ?? lookOf(name);
  looks.set(name, look);
  return look;
};

/** The name as it will be stored; the current one when the given name is only another spelling of it. */
const nameToStore = (given: string, current?: string): string => (given === current ? given : normalizeUsername(given));

/** A change of a user with the name as it will be stored. */
export const withStoredName = <Fields extends { username?: string }>(fields: Fields, current?: string): Fields =>
  fields.username === undefined ? fields : { ...fields, username: nameToStore(fields.username, current) };

/**
 * What is wrong with a name that a user is to have.
 *
 * @param given a name that the contract accepts
 * @param current the name that the user has; undefined for a new user
 */
export async function judgeName(
  database: Database,
  given: string,
  current: string | undefined,
  transaction?: Transaction,
): Promise<CustomIssue[]> {
  const name = nameToStore(given, current);
  if (name === current) return [];
  const refusal = refusalOf(name);
  if (refusal) return [refusal];
  const holders = await database.users.count({ where: { username: name }, transaction: transaction ?? null });
  if (holders > 0) return [taken('username', 'user')];
  if (!(await looksPrivileged(database, name, current, transaction))) return [];
  const message = `"${name}" looks like the username of a superuser or staff member: choose another.`;
  return [issue('look_alike', ['username'], message)];
}

/** One at a time decides about a name until its transaction ends: two names at once may look alike, too. */
export const lockNames = async ({ sql }: Database, transaction: Transaction): Promise<void> =>
  void (await sql('SELECT pg_advisory_xact_lock($1)', [usernamesLock], transaction));

/** Normalizing a name can make it longer, and can bring in characters that names do not have. */
function refusalOf(name: string): CustomIssue | null {
  if (name === '.' || name === '..') {
    const message = `"${name}" cannot be a username, because addresses cannot contain it: add a letter or a digit.`;
    return issue('dots_only', ['username'], message);
  }
  if (!allowed.test(name)) return issue('bad_username', ['username'], 'Letters, digits and @/./+/-/_ only.');
  const { length } = [...name];
  if (length <= longest) return null;
  const message = `In NFKC this username has ${length} characters: use at most ${longest}.`;
  return issue('long_username', ['username'], message);
}

/** Superusers and staff who are switched off count, too: they may come back, and the audit names them. */
async function looksPrivileged(
  { sql }: Database,
  name: string,
  current: string | undefined,
  transaction?: Transaction,
): Promise<boolean> {
  const others = await sql<{ username: string }>(
    'SELECT username FROM users WHERE (is_superuser OR is_staff) AND username IS DISTINCT FROM $1',
    [current ?? null],
    transaction,
  );
  const look = cachedLookOf(name);
  return others.some(({ username }) => cachedLookOf(username) === look);
}
