import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { canEnter, chown, type SystemUser } from './user.js';

/** Where root puts what must be reachable for the account that PostgreSQL runs as. Belongs to root, readable by all. */
export const SHARED_FOLDER = '/var/lib/showroom';

/** A symbolic link in the folder that was asked for, to the one that is used instead. */
const ELSEWHERE = 'elsewhere';

/**
 * The folder that holds (or will hold) the cluster: `dir` itself, or what its link `elsewhere` points to.
 * The link is the only memory of that place: whoever deletes `dir` starts afresh, whoever moves it keeps the data.
 */
export function locateHome(dir: string): string {
  try {
    return fs.readlinkSync(path.join(dir, ELSEWHERE));
  } catch {
    return path.resolve(dir);
  }
}

/**
 * Makes the folder and gives it to the account, with mode 700. When root asks for a folder that the account cannot
 * reach (in root's own home, most often), a new folder in `/var/lib/showroom` takes its place.
 */
export function openHome(dir: string, user: SystemUser | null): string {
  fs.mkdirSync(dir, { recursive: true });
  const home = locateHome(dir);
  if (home === path.resolve(dir) && !canEnter(path.dirname(home), user)) {
    if (!fs.existsSync(path.join(home, 'data'))) return openElsewhere(dir, user);
    throw new Error(`${home} holds a database, but the account it belongs to cannot reach it: chmod a+x its parents.`);
  }
  return own(home, user);
}

function openElsewhere(dir: string, user: SystemUser | null): string {
  fs.mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 });
  fs.chmodSync(SHARED_FOLDER, 0o755);
  const home = path.join(SHARED_FOLDER, `postgres-${randomUUID()}`);
  try {
    fs.symlinkSync(home, path.join(dir, ELSEWHERE));
  } catch (error) {
    // Somebody started at the same moment and was faster: his place is ours.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return own(locateHome(dir), user);
}

function own(home: string, user: SystemUser | null): string {
  fs.mkdirSync(home, { recursive: true });
  try {
    chown(home, user);
    fs.chmodSync(home, 0o700);
    fs.accessSync(home, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw new Error(
      `${home} belongs to another account. Start as the one that started it first (root, perhaps), or choose another folder.`,
      { cause: error },
    );
  }
  return fs.realpathSync(home);
}
