import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * Takes the data folder for this process, so that a second standalone does not run on it. Answers what gives it back.
 * A lock names its process by id and time of birth: of a dead one it is taken over, also when the id belongs to
 * another process by now (in a container every start has the same few ids).
 *
 * @throws Error when another standalone runs there.
 */
export function lockFolder(folder: string): () => void {
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'standalone.lock');
  const ours = `${process.pid} ${bornAt(process.pid)}`;
  // Written aside and linked into place: it is never seen half-written, and only one of two can win.
  const aside = `${file}.${randomUUID()}`;
  fs.writeFileSync(aside, ours);
  try {
    while (!linked(aside, file)) removeIfDead(file);
  } finally {
    fs.rmSync(aside);
  }
  return () => {
    if (readIfThere(file) === ours) fs.rmSync(file, { force: true });
  };
}

function removeIfDead(file: string): void {
  const held = readIfThere(file);
  if (held === null) return;
  const [pid] = held.split(' ', 1);
  if (held === `${pid} ${bornAt(Number(pid))}`) {
    throw new Error(
      `Showroom runs on ${path.dirname(file)} already (process ${pid}). Stop it, or set another DATA_DIR.`,
    );
  }
  // Moved, then looked at once more: another start may have replaced it meanwhile. That one goes back.
  const aside = `${file}.${randomUUID()}`;
  if (!renamed(file, aside)) return;
  if (readIfThere(aside) !== held) linked(aside, file);
  fs.rmSync(aside);
}

/** When the process began, in whatever terms the system has; null when it is gone or a zombie. */
function bornAt(pid: number): string | null {
  if (process.platform === 'linux') return bornAtByProc(pid);
  if (process.platform === 'win32') return isAlive(pid) ? 'unknown' : null;
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  return spawnSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env }).stdout.trim() || null;
}

function bornAtByProc(pid: number): string | null {
  try {
    // After the command's name, which may contain anything: state is the first field, the time of birth the twentieth.
    const fields = fs
      .readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function linked(from: string, to: string): boolean {
  return succeeds(() => fs.linkSync(from, to), 'EEXIST');
}

function renamed(from: string, to: string): boolean {
  return succeeds(() => fs.renameSync(from, to), 'ENOENT');
}

function readIfThere(file: string): string | null {
  return succeeds(() => fs.accessSync(file), 'ENOENT') ? fs.readFileSync(file, 'utf8') : null;
}

function succeeds(attempt: () => void, expected: string): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === expected) return false;
    throw error;
  }
}
