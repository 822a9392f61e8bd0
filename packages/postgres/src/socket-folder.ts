import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { canEnter, chown, type SystemUser } from './user.js';

/** The kernel's limit for a unix socket's path is 107 bytes on Linux and 103 on macOS. */
const MAX_PATH_BYTES = 103;

export interface SocketFolder {
  /** Null on Windows: only TCP there. */
  path: string | null;
  /** Removes the folder when it is a temporary one. */
  remove(): void;
}

/**
 * `<home>/socket`, or, when that path would be too long, a folder with a short name among the temporary ones. A link
 * in its place remembers that name, so that it is the same at every start and killed servers do not leave a trail.
 */
export function openSocketFolder(home: string, user: SystemUser | null): SocketFolder {
  if (process.platform === 'win32') return { path: null, remove: () => {} };
  const near = path.join(home, 'socket');
  if (fits(near)) return { path: makePrivate(near, user), remove: () => {} };
  const short = makePrivate(rememberedTarget(near, user), user);
  return { path: short, remove: () => fs.rmSync(short, { recursive: true, force: true }) };
}

function rememberedTarget(link: string, user: SystemUser | null): string {
  if (!fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fs.rmSync(link, { recursive: true, force: true });
    fs.symlinkSync(path.join(temporaryFolder(user), `showroom-${randomUUID().slice(0, 8)}`), link);
  }
  return fs.readlinkSync(link);
}

function temporaryFolder(user: SystemUser | null): string {
  const usual = os.tmpdir();
  return fits(path.join(usual, 'showroom-12345678')) && canEnter(usual, user) ? usual : '/tmp';
}

/** Makes the folder with mode 700. One that is there must be ours: anybody may write among the temporary files. */
function makePrivate(folder: string, user: SystemUser | null): string {
  if (!fs.existsSync(folder)) putPrivate(folder, user);
  const { uid, mode } = fs.lstatSync(folder);
  if (uid !== (user?.uid ?? process.getuid?.()) || (mode & 0o077) !== 0) {
    throw new Error(`${folder} is not a private folder of the account that PostgreSQL runs as: remove it.`);
  }
  return folder;
}

/** Finished aside and moved to its place, so that a start at the same time never sees a folder that is not ours yet. */
function putPrivate(folder: string, user: SystemUser | null): void {
  const aside = fs.mkdtempSync(`${folder}.`);
  chown(aside, user);
  try {
    fs.renameSync(aside, folder);
  } catch (error) {
    fs.rmdirSync(aside);
    // The other start was first, and its server is at work in there.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function fits(folder: string): boolean {
  return Buffer.byteLength(path.join(folder, '.s.PGSQL.65535')) <= MAX_PATH_BYTES;
}
