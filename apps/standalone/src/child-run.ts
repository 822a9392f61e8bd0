import { type ChildProcess, fork, type Serializable } from 'node:child_process';
import { z } from 'zod';

/** What an app tells its parent when it is up. */
const Ready = z.object({
  ready: z.literal(true),
  url: z.string().optional(),
  /** The first superuser; the password only when it was just made up. */
  admin: z.object({ username: z.string(), password: z.string().nullable() }).optional(),
});
export type Ready = z.infer<typeof Ready>;

const LAST_WORDS_LENGTH = 4_000;

/** One life of an app, from its start to its end. */
export interface ChildRun {
  pid: number | undefined;
  /** Resolves when it is up; to null when it ended before that. */
  ready: Promise<Ready | null>;
  /** Resolves when it has ended, to how: `with code 1`, `by SIGKILL`. */
  ended: Promise<string>;
  /** The end of what it wrote to stderr (which is passed on as well). */
  lastWords(): string;
  /** SIGTERM, and SIGKILL after `patienceMs`; resolves when it has ended. */
  stop(patienceMs: number): Promise<void>;
}

/**
 * Starts an app as a child with an IPC channel. By that channel it says that it is ready, and by the channel's end it
 * learns that we are gone, however we went. It is out of the terminal's reach, so that Ctrl-C comes to us alone and
 * the children stop in our order.
 */
export function runChild(entry: string, environment: NodeJS.ProcessEnv): ChildRun {
  const child = fork(entry, {
    env: environment,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  });
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    words = (words + chunk).slice(-LAST_WORDS_LENGTH);
  });
  const ended = whenEnded(child);
  return {
    pid: child.pid,
    ready: whenReady(child, ended),
    ended,
    lastWords: () => words.trim(),
    stop: async (patienceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(signal ? `by ${signal}` : `with code ${code}`));
    child.on('error', (error) => {
      if (child.pid === undefined) resolve(`before it began (${error.message})`);
    });
  });
}

function whenReady(child: ChildProcess, ended: Promise<string>): Promise<Ready | null> {
  return new Promise((resolve) => {
    child.on('message', (message: Serializable) => {
      const { success, data } = Ready.safeParse(message);
      if (success) resolve(data);
      else passOnWatched(message);
    });
    ended.then(() => resolve(null));
  });
}

/** Under `node --watch` each process tells its parent which files it loads. With the children's, a change in any app restarts us. */
function passOnWatched(message: Serializable): void {
  const isWatched = Object.keys(message).some((key) => key.startsWith('watch:'));
  if (isWatched && process.connected) process.send?.(message);
}
