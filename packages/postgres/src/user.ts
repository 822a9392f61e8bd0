import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** An account of this machine that PostgreSQL can run as. `null` in its place means: as we are. */
export interface SystemUser {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root has to hand it over to somebody; nobody else needs (or may) do that. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The account to run as: when we are root, the owner of the data that is already there, else `postgres` or `nobody`.
 * Throws when root finds none of them.
 */
export function findUser(dataDir: string): SystemUser | null {
  if (!isRoot()) return null;
  const user = ownerOf(dataDir) ?? accountNamed('postgres') ?? accountNamed('nobody');
  if (user) return user;
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody" to run it as. ' +
      'Start as a plain user, or create one: useradd --system postgres',
  );
}

/** Spreads into the options of `spawn`. */
export function asUser(user: SystemUser | null): { uid?: number; gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

/** Gives a file or folder (not its contents) to the account. */
export function chown(path: string, user: SystemUser | null): void {
  if (user) fs.lchownSync(path, user.uid, user.gid);
}

/** Asks the system itself, as that account: modes, ACLs and mount options all count. */
export function canEnter(folder: string, user: SystemUser | null): boolean {
  if (!user) return true;
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asUser(user), cwd: '/', stdio: 'ignore' }).status === 0
  );
}

function ownerOf(path: string): SystemUser | null {
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : null;
}

function accountNamed(name: string): SystemUser | null {
  const ask = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return null;
  }
}
