import { randomBytes, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { chown, type SystemUser } from './user.js';

/** Where the superuser's password is kept, readable by its owner (and root) only. */
export function passwordFileOf(home: string): string {
  return path.join(home, 'password');
}

/**
 * The password, made up at the first start. Written aside and linked into place: the file is never seen
 * half-written, and of two that start at once both get the same password.
 */
export function keepPassword(home: string, user: SystemUser | null): string {
  const file = passwordFileOf(home);
  if (!fs.existsSync(file)) {
    if (fs.existsSync(path.join(home, 'data'))) {
      throw new Error(`${file} is missing: without it the database beside it cannot be opened. Put it back.`);
    }
    const aside = `${file}.${randomUUID()}`;
    fs.writeFileSync(aside, randomBytes(24).toString('base64url'), { mode: 0o600 });
    chown(aside, user);
    linkOnce(aside, file);
  }
  return fs.readFileSync(file, 'utf8').trim();
}

function linkOnce(aside: string, file: string): void {
  try {
    fs.linkSync(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(aside);
  }
}
