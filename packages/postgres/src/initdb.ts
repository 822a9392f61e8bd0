import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { passwordFileOf } from './password.js';
import { asUser, type SystemUser } from './user.js';

/** Messages in English (we read some of them) and times in UTC, whatever the machine is set to. */
export const SERVER_ENV = { LC_ALL: 'C', TZ: 'UTC' };

export interface InitdbOptions {
  initdb: string;
  home: string;
  user: SystemUser | null;
  /** False leaves the files to the operating system's own time: for data that need not survive a power cut. */
  sync: boolean;
}

/**
 * Makes `<home>/data` unless it is there. initdb writes PG_VERSION first of all, so that file does not prove a
 * complete cluster; a finished one gets its name by a rename, and what a killed initdb left is swept away.
 */
export async function initialise({ initdb, home, user, sync }: InitdbOptions): Promise<void> {
  const data = path.join(home, 'data');
  if (fs.existsSync(data)) return;
  const aside = path.join(home, `initdb-${randomUUID()}`);
  try {
    await runInitdb(initdb, [...initdbArguments(aside, home), ...(sync ? [] : ['--no-sync'])], home, user);
    fs.renameSync(aside, data);
    sweep(home);
  } catch (error) {
    fs.rmSync(aside, { recursive: true, force: true });
    // A start at the same moment was faster; its cluster is as good as ours.
    if (!fs.existsSync(data)) throw error;
  }
}

function initdbArguments(data: string, home: string): string[] {
  const locale = ['-E', 'UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFileOf(home)}`, ...locale];
}

async function runInitdb(initdb: string, args: string[], cwd: string, user: SystemUser | null): Promise<void> {
  const child = spawn(initdb, args, { ...asUser(user), cwd, env: SERVER_ENV, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject).once('close', (code, signal) => resolve(code ?? signal));
  });
  const [said, end] = await Promise.all([text(child.stderr), ended]);
  if (end !== 0) throw new Error(`initdb ended with ${end}: ${said.trim()}`);
}

/** Leftovers of killed starts. A concurrent loser's folder may be among them: it would only be thrown away. */
function sweep(home: string): void {
  const leftovers = fs.readdirSync(home).filter((name) => name.startsWith('initdb-'));
  for (const name of leftovers) {
    // An initdb whose node was killed may still be writing, hence the retries.
    fs.rmSync(path.join(home, name), { recursive: true, force: true, maxRetries: 10 });
  }
}
