import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** What a running server says of itself in `postmaster.pid`; `text` is the file as it was read. */
export interface PidFile {
  pid: number;
  port: number;
  /** `starting`, `ready`, `standby` or `stopping`; empty before the first of them. */
  status: string;
  socketFolder: string;
  text: string;
}

/** Null when there is none, or one of which not even the first line is written. */
export function readPidFile(dataDir: string): PidFile | null {
  let text: string;
  try {
    text = fs.readFileSync(pidFileOf(dataDir), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  // pid, data folder, start time, port, socket folder, address, shared memory, status
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), socketFolder: lines[4] ?? '', status: lines[7] ?? '', text };
}

/** True while a process with this id exists, a zombie included. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * True when the process is a PostgreSQL at work on this very folder, not a zombie and not a stranger who was given
 * the same id. On Linux by /proc, on other Unixes by ps (macOS: not tried); Windows can only say that it lives.
 */
export function isServerOf(dataDir: string, pid: number): boolean {
  if (process.platform === 'win32') return isAlive(pid);
  if (process.platform === 'linux') return isServerByProc(dataDir, pid);
  const said = spawnSync('ps', ['-o', 'stat=,args=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return said !== '' && !said.startsWith('Z') && said.includes(dataDir);
}

function isServerByProc(dataDir: string, pid: number): boolean {
  try {
    const state = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0] ?? 'X';
    // The command line, not the working folder: in a container even root may not see the folder of another's process.
    const args = fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return !'ZX'.includes(state) && args.includes(dataDir);
  } catch {
    return false;
  }
}

/**
 * PostgreSQL clears the file of a dead server itself, but refuses to start while a process of its own account has
 * that id, be it a zombie or another program. Such a file is moved aside, looked at once more (another start may
 * have replaced it meanwhile; then it goes back) and removed, with the lock of that server's socket.
 */
export function removeForeignPidFile(dataDir: string, seen: PidFile): void {
  const file = pidFileOf(dataDir);
  const aside = `${file}.${randomUUID()}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  if (fs.readFileSync(aside, 'utf8') !== seen.text) fs.linkSync(aside, file);
  else fs.rmSync(path.join(seen.socketFolder || dataDir, `.s.PGSQL.${seen.port}.lock`), { force: true });
  fs.rmSync(aside);
}

function pidFileOf(dataDir: string): string {
  return path.join(dataDir, 'postmaster.pid');
}
