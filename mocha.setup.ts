import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '@showroom/database';
import { type Postgres, startPostgres } from '@showroom/postgres';
import { databaseUrl, testEnvironment, withClient } from '@showroom/testing';

/*
 * One PostgreSQL for the whole run (embedded, unless TEST_POSTGRES_URL names another), with one migrated
 * template that every test file clones for itself.
 */
let postgres: Postgres | undefined;
let dir: string | undefined;
const template = 'showroom_template';

/** For tests: their data need not outlive a power cut. */
const quick = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };
/** For measurements, as one would run it: what is committed is on the disk. */
const durable = { shared_buffers: '1GB', max_wal_size: '4GB' };

export async function mochaGlobalSetup(): Promise<void> {
  const server = process.env.TEST_POSTGRES_URL ?? (await startOwnPostgres());
  await withClient(server, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template} TEMPLATE template0`);
  });
  await migrateDatabase(databaseUrl(server, template));
  process.env[testEnvironment.postgresUrl] = server;
  process.env[testEnvironment.template] = template;
}

export async function mochaGlobalTeardown(): Promise<void> {
  await postgres?.stop();
  if (dir) await rm(dir, { recursive: true, force: true });
}

async function startOwnPostgres(): Promise<string> {
  dir = await mkdtemp(join(tmpdir(), 'showroom-test-'));
  const settings = process.env.DURABLE_COMMITS === '1' ? durable : quick;
  postgres = await startPostgres({ dir, settings: { ...settings, max_connections: '200' } });
  return postgres.url;
}
