import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDatabase } from '@showroom/database/prepare';
import { type Postgres, startPostgres } from '@showroom/postgres';

const DATABASE = 'showroom';
const ROLE = 'showroom';
const RESTART_PAUSE_MS = 1_000;
/** More unexpected ends than this in a standalone's life are not an accident. */
const MAX_RESTARTS = 5;

export interface EmbeddedOptions {
  dir: string;
  /** pino's: below info all of PostgreSQL's log is shown, else what it calls a warning or worse. */
  logLevel: string;
  say: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Resolves when the database is there; its URL is that of the role that owns it. */
  ready: Promise<{ databaseUrl: string; dir: string; adopted: boolean }>;
  /** Resolves when PostgreSQL ends again and again, or cannot be started again. */
  givenUp: Promise<Error>;
  stop(): Promise<void>;
}

/** Keeps a PostgreSQL running in `dir`, with a database `showroom` in it. A killed one comes back at the same address. */
export function embedPostgres({ dir, logLevel, say }: EmbeddedOptions): EmbeddedPostgres {
  const stopped = new AbortController();
  const log = toLog(logLevel, say);
  let server = startPostgres({ dir, log });
  const ready = server.then(async (first) => ({
    databaseUrl: await prepare(first),
    dir: first.dir,
    adopted: first.adopted,
  }));

  async function keepRunning(): Promise<Error> {
    for (let restarts = 0; restarts <= MAX_RESTARTS; restarts += 1) {
      const { ended, port } = await server;
      await ended;
      if (stopped.signal.aborted) return never();
      say('PostgreSQL ended unexpectedly; starting it again.');
      await sleep(RESTART_PAUSE_MS, undefined, { signal: stopped.signal }).catch(() => {});
      if (stopped.signal.aborted) return never();
      server = startPostgres({ dir, log, port });
    }
    return new Error('PostgreSQL ended unexpectedly again and again.');
  }

  return {
    ready,
    givenUp: ready.then(keepRunning, never).catch((error: Error) => error),
    stop: async () => {
      stopped.abort();
      const running: Postgres | null = await server.catch(() => null);
      await running?.stop();
    },
  };
}

function never(): Promise<Error> {
  return new Promise(() => {});
}

function toLog(logLevel: string, say: (line: string) => void): (line: string) => void {
  if (['trace', 'debug'].includes(logLevel)) return say;
  return (line) => {
    if (/\b(WARNING|FATAL|PANIC):/.test(line)) say(`PostgreSQL: ${line}`);
  };
}

/**
 * Prepares the database and answers its URL, for a role that owns the database and is no superuser. The role's password
 * is new at each start, so it stands nowhere but in the memory and the environment of our processes.
 */
async function prepare({ url, socketUrl }: Postgres): Promise<string> {
  const superuserUrl = socketUrl ?? url;
  const own = new URL(superuserUrl);
  own.username = ROLE;
  own.password = randomBytes(24).toString('base64url');
  own.pathname = `/${DATABASE}`;
  await prepareDatabase(superuserUrl, own.href);
  return own.href;
}
