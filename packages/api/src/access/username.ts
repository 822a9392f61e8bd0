import { NewUser } from '@showroom/contract';
import type { Database } from '@showroom/database';

/** Nobody has a longer name. Normalizing much longer ones would be work that strangers can ask for. */
const longest = 150;

/** The spelling in which new names are stored: `ａｄｍｉｎ` is `admin`, and a letter with its marks is one character. */
export const normalizeUsername = (given: string): string =>
  given.length > 2 * longest || [...given].length > longest ? given : given.normalize('NFKC');

/** Whether this could be a new user's name, once it is normalized. Blanks around it would never be found again. */
export const isUsername = (name: string): boolean =>
  NewUser.shape.username.safeParse(name).success && name === name.trim() && name !== '.' && name !== '..';

/**
 * Finds whose name this is: the user with exactly this name, or else in its stored spelling. Names from before the rule
 * for new names are kept as they were.
 *
 * @returns the name as it is stored; the normalized one when nobody has either
 */
export async function storedUsername({ users }: Pick<Database, 'users'>, given: string): Promise<string> {
  const normalized = normalizeUsername(given);
  if (normalized === given || given.includes('\0')) return given;
  return (await users.count({ where: { username: given } })) > 0 ? given : normalized;
}
