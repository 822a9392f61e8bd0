import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { SERVER_ENV } from './initdb.js';
import { asUser, type SystemUser } from './user.js';

/**
 * Between node and PostgreSQL stands a shell that outlives us. It says PostgreSQL's process id and then waits for
 * one of two things: PostgreSQL ends (then so does the shell, with the same status), or its standard input closes,
 * which the kernel does for us however we end, kill -9 included; then PostgreSQL is told to stop in good order.
 */
const SUPERVISOR = `
exec 3<&0
"$@" </dev/null >/dev/null 3<&- &
server=$!
echo $server
{ read -r _ <&3; kill -INT $server; } >/dev/null 2>&1 &
watcher=$!
wait $server
status=$?
kill $watcher
exit $status`;

const LAST_LINES = 20;
const STOP_MS = 60_000;

export interface ServerProcess {
  /** Resolves to PostgreSQL's own process id. */
  pid: Promise<number>;
  /** Resolves when it has ended, to the last lines it said. Never rejects. */
  ended: Promise<string>;
  /** Fast shutdown: connections are cut, everything is written. After 60 s without success: immediate shutdown. */
  stop(): Promise<void>;
}

export interface ServerProcessOptions {
  postgres: string;
  args: string[];
  cwd: string;
  user: SystemUser | null;
  log: (line: string) => void;
}

/**
 * Starts PostgreSQL out of reach of the terminal (Ctrl-C there must not stop it before our own orderly shutdown)
 * and without keeping this process alive: when node ends, PostgreSQL stops.
 * Windows has no such shell: there PostgreSQL is a plain child, stopped hard, and it recovers at the next start (not tried).
 */
export function spawnServer({ postgres, args, cwd, user, log }: ServerProcessOptions): ServerProcess {
  const isWindows = process.platform === 'win32';
  const [command, before] = isWindows ? [postgres, []] : ['/bin/sh', ['-c', SUPERVISOR, 'sh', postgres]];
  const child = spawn(command, [...before, ...args], {
    ...asUser(user),
    cwd,
    env: SERVER_ENV,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    windowsHide: true,
  });
  // The shell may be gone already when we close its input.
  child.stdin.on('error', () => {});
  const ended = collectEnd(child, log);
  const pid = isWindows ? Promise.resolve(child.pid ?? 0) : saidPid(child, ended);
  pid.then(() => holdProcess(child, false));
  return { pid, ended, stop: () => stopServer(child, pid, ended) };
}

function collectEnd(child: ChildProcessWithoutNullStreams, log: (line: string) => void): Promise<string> {
  const lastLines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLines.push(line);
    if (lastLines.length > LAST_LINES) lastLines.shift();
    log(line);
  });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(lastLines.join('\n')));
  });
}

function saidPid(child: ChildProcessWithoutNullStreams, ended: Promise<string>): Promise<number> {
  return new Promise((resolve) => {
    child.stdout.once('data', (line) => resolve(Number(line)));
    ended.then(() => resolve(0));
  });
}

async function stopServer(
  child: ChildProcessWithoutNullStreams,
  pid: Promise<number>,
  ended: Promise<string>,
): Promise<void> {
  holdProcess(child, true);
  const timer = setTimeout(async () => process.kill(await pid, 'SIGQUIT'), STOP_MS);
  if (process.platform === 'win32') child.kill();
  else child.stdin.end();
  await ended;
  clearTimeout(timer);
}

/** Whether a running PostgreSQL keeps node from ending. */
function holdProcess(child: ChildProcessWithoutNullStreams, hold: boolean): void {
  for (const part of [child, child.stdin, child.stdout, child.stderr] as (ChildProcess | Socket)[]) {
    if (hold) part.ref();
    else part.unref();
  }
}
