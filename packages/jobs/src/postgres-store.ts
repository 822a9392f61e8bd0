import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresBackend, PostgresNotificationChannel } from '@agendajs/postgres-backend';
import pg from 'pg';
import { Listening } from './listening.js';
import type { JobsLogger } from './logger.js';
import { createPostgresCatalog, inOrder } from './postgres-catalog.js';
import type { Store } from './store.js';

interface PostgresStoreOptions {
  url: string;
  name: string;
  logger: JobsLogger;
  timeoutMs: number;
  connections: number;
}

const uniqueViolation = '23505';

/** Agenda's tables live in a schema of their own, away from the product's; workers are woken by LISTEN/NOTIFY. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { logger, timeoutMs } = options;
  const listening = new Listening();
  const pool = createPool(options, listening);
  pool.on('connect', (client) => client.on('error', () => {})); // while it is lent, the pool does not listen
  pool.on('error', (err) => logger.warn({ err }, 'an idle connection to the job store was lost'));
  const backend = new PostgresBackend({ pool, disableNotifications: true });
  const prepare = () => withSchemaLock(pool, createTables);
  try {
    await prepare();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return {
    backend: 'postgresql',
    repository: backend.repository,
    catalog: createPostgresCatalog(pool),
    channel: new PostgresNotificationChannel(listening.toChannelConfig(pool)),
    prepare,
    isDuplicate: (error) => error instanceof pg.DatabaseError && error.code === uniqueViolation,
    // The pool waits for every connection to come back; one that hangs must not keep the process from ending.
    close: () => Promise.race([pool.end(), sleep(timeoutMs, undefined, { ref: false })]),
  };
}

function createPool({ url, name, timeoutMs, connections }: PostgresStoreOptions, listening: Listening): pg.Pool {
  return new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: name,
    keepAlive: true,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: 2 * timeoutMs,
    onConnect: async (client) => {
      await client.query('SET search_path TO agenda');
      await listening.adopt(client);
    },
  });
}

/** `CREATE … IF NOT EXISTS` fails when two processes do it at the same moment: one after the other, then. */
async function withSchemaLock(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SELECT pg_advisory_lock(hashtextextended('showroom: tables of Agenda', 0))`);
    await work(client);
  } finally {
    client.release(true); // the lock ends with its connection
  }
}

/**
 * Agenda brings the indexes that find the next job. Ours find the jobs of one mailing and a page of the list, and let a lane
 * have one send (and a mailing one purge): Agenda's `unique` looks first and inserts then, so two processes could make two.
 */
async function createTables(client: pg.PoolClient): Promise<void> {
  await client.query('CREATE SCHEMA IF NOT EXISTS agenda');
  await new PostgresBackend({ pool: poolOf(client), disableNotifications: true }).connect();
  await client.query('CREATE INDEX IF NOT EXISTS agenda_jobs_data_idx ON agenda_jobs USING gin (data jsonb_path_ops)');
  await client.query(`CREATE INDEX IF NOT EXISTS agenda_jobs_in_order_idx ON agenda_jobs (${inOrder})`);
  await client.query(
    `CREATE UNIQUE INDEX IF NOT EXISTS agenda_jobs_once_idx ON agenda_jobs (name, data)
     WHERE name IN ('mailing.send', 'mailing.purge')`,
  );
}

/** The pool may have no other connection than the one that holds the lock. */
const poolOf = (client: pg.PoolClient) =>
  ({ connect: async () => ({ query: client.query.bind(client), release: () => {} }) }) as unknown as pg.Pool;
