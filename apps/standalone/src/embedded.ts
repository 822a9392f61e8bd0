import { setTimeout as sleep } from 'node:timers/promises';
import { type Postgres, startPostgres } from '@showroom/postgres';
import pg from 'pg';

const DATABASE = 'showroom';
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
  /** Resolves when the database is there. */
  ready: Promise<{ databaseUrl: string; dir: string; adopted: boolean }>;
  /** Resolves when PostgreSQL ends again and again, or cannot be started again. */
  givenUp: Promise<Error>;
  stop(): Promise<void>;
}

/** Keeps a PostgreSQL running in `dir`, with an empty database `showroom` in it. A killed one comes back at the same address. */
export function embedPostgres({ dir, logLevel, say }: EmbeddedOptions): EmbeddedPostgres {
  const stopped = new AbortController();
  const log = toLog(logLevel, say);
  let server = startPostgres({ dir, log });
  const ready = server.then(async (first) => ({
    databaseUrl: await ensureDatabase(first.socketUrl ?? first.url),
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

/** Answers the URL of the database. */
async function ensureDatabase(serverUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: serverUrl });
  client.on('error', () => {}); // a connection that breaks fails the next statement
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
  const url = new URL(serverUrl);
  url.pathname = DATABASE;
  return url.href;
}
