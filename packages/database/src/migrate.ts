import pg from 'pg';
import { MigrationError, Umzug } from 'umzug';
import type { Database } from './database.js';
import { BlockerWatch } from './migrating/blockers.js';
import type { Migration, OldMigration } from './migrating/migration.js';
import { lockTimeoutMs } from './migrating/patience.js';
import { bookkeeping, runMigration } from './migrating/run.js';
import { waitForTurn } from './migrating/turn.js';
import { migrations } from './migrations/index.js';
import { answerAtLengthMs, connectMs } from './patience.js';

export interface MigrateOptions {
  /** How long a step waits for others, in all its tries: 60,000 by default. */
  patienceMs?: number;
  /** Told now and then what is being waited for. */
  tell?: (line: string) => void;
  /** The last migration to apply: by default all are. */
  to?: string;
}

/** How often somebody is told of the same wait. */
const tellEveryMs = 10_000;

/**
 * Brings the database at `url` to the newest schema, one process at a time, while others read and write. Gives the
 * names of the migrations that it completed. One that was killed is completed by the next run.
 *
 * @throws Error that names who is in the way, when a step cannot get its lock
 * @example const applied = await migrateDatabase(config.databaseUrl); // ['0001-foundation', …] the first time, then []
 */
export async function migrateDatabase(
  url: string,
  { patienceMs = 60_000, tell = () => {}, to }: MigrateOptions = {},
): Promise<string[]> {
  return withClient({ connectionString: url }, async (client) => {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}; SET statement_timeout = 0`);
    await waitForTurn(client);
    await client.query(bookkeeping);
    const { pid } = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!;
    const watch = new BlockerWatch(
      url,
      pid,
      rarely(tellEveryMs, ({ lock, who }) => tell(`waits for ${lock}: ${who}`)),
    );
    const umzug = createUmzug(client, (migration) => runMigration({ client, watch, patienceMs }, migration));
    try {
      return (await umzug.up({ to })).map(({ name }) => name);
    } catch (error) {
      // What failed says it better than umzug, which names the migration once more.
      throw error instanceof MigrationError ? error.cause : error;
    } finally {
      await watch.close();
    }
  });
}

function rarely<T>(everyMs: number, work: (value: T) => void): (value: T) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  return (value) => {
    if (performance.now() - lastAt < everyMs) return;
    lastAt = performance.now();
    work(value);
  };
}

/** Whether the database at `url` has the newest schema, so that a process which does not migrate may start. */
export async function isMigrated(url: string): Promise<boolean> {
  return withClient({ connectionString: url, query_timeout: answerAtLengthMs }, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS there`);
    return rows[0]?.there === true && (await createUmzug(client).pending()).length === 0;
  });
}

/** What the database lacks, in words; nothing when it is as new as we are, or newer. */
export async function tellMissingMigrations({ sql }: Pick<Database, 'sql'>): Promise<string | undefined> {
  const applied = new Set((await sql<{ name: string }>('SELECT name FROM migrations')).map(({ name }) => name));
  const missing = migrations.filter(({ name }) => !applied.has(name)).map(({ name }) => name);
  return missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined;
}

async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const connecting = { keepAlive: true, connectionTimeoutMillis: connectMs };
  const client = new pg.Client({ ...connecting, ...config, application_name: 'showroom migrate' });
  // A connection that breaks between two statements says so here, and the next statement fails.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const createUmzug = (client: pg.Client, run: (migration: Migration | OldMigration) => Promise<void> = async () => {}) =>
  new Umzug({
    context: client,
    logger: undefined,
    migrations: migrations.map((migration) => ({ name: migration.name, up: () => run(migration) })),
    storage: {
      // Recorded by the runner, with what it did.
      logMigration: async () => {},
      unlogMigration: async () => {},
      executed: async () =>
        (await client.query<{ name: string }>('SELECT name FROM migrations')).rows.map((row) => row.name),
    },
  });
