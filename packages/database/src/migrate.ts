import pg from 'pg';
import { Umzug } from 'umzug';
import type { Database } from './database.js';
import { migrationLock } from './locks.js';
import { migrations } from './migrations/index.js';
import { answerAtLengthMs, connectMs } from './patience.js';

/**
 * Brings the database at `url` to the newest schema: every missing migration in one transaction of its own, one
 * process at a time. Gives the names of those that ran.
 *
 * @example const applied = await migrateDatabase(config.databaseUrl); // ['0001-foundation'] the first time, then []
 */
export async function migrateDatabase(url: string): Promise<string[]> {
  return withClient({ connectionString: url }, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL)',
    );
    const applied = await createUmzug(client).up();
    return applied.map((migration) => migration.name);
  });
}

/** Whether the database at `url` has the newest schema, so that a process which does not migrate may start. */
export async function isMigrated(url: string): Promise<boolean> {
  return withClient({ connectionString: url, query_timeout: answerAtLengthMs }, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('migrations') IS NOT NULL AS there`);
    return rows[0]?.there === true && (await createUmzug(client).pending()).length === 0;
  });
}

/** What the database lacks, in words; nothing when it is as new as we are, or newer. */
export async function tellMissingMigrations({ sql }: Database): Promise<string | undefined> {
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

const createUmzug = (client: pg.Client) =>
  new Umzug({
    context: client,
    logger: undefined,
    migrations: migrations.map(({ name, up }) => ({ name, up: () => inTransaction(client, name, up) })),
    storage: {
      // Recorded in the migration's own transaction, so that neither is there without the other.
      logMigration: async () => {},
      unlogMigration: async () => {},
      executed: async () =>
        (await client.query<{ name: string }>('SELECT name FROM migrations')).rows.map((row) => row.name),
    },
  });

async function inTransaction(client: pg.Client, name: string, sql: string): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(sql);
    await client.query('INSERT INTO migrations VALUES ($1, clock_timestamp())', [name]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
