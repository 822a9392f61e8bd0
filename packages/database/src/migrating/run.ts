import type pg from 'pg';
import type { BlockerWatch } from './blockers.js';
import type { Migration, OldMigration, Step } from './migration.js';
import { lockTimeoutMs, persistently } from './patience.js';

export interface Runner {
  readonly client: pg.Client;
  readonly watch: BlockerWatch;
  readonly patienceMs: number;
}

/*
 * migrations has a row for each migration that is done; migration_steps for each step of one that is not done yet.
 */
export const bookkeeping = `
  CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL)`;
const bookkeepingOfSteps = `
  CREATE TABLE IF NOT EXISTS migration_steps (
    name text, step integer, done_at timestamptz NOT NULL DEFAULT clock_timestamp(), PRIMARY KEY (name, step))`;

const recordMigration = 'INSERT INTO migrations VALUES ($1, clock_timestamp())';
const recordStep = 'INSERT INTO migration_steps (name, step) VALUES ($1, $2)';

/** Does what is left of a migration. Each step is recorded with what it did, or does no harm when it is done twice. */
export async function runMigration(runner: Runner, migration: Migration | OldMigration): Promise<void> {
  const { name } = migration;
  if ('up' in migration) return runOldMigration(runner, migration);
  await runner.client.query(bookkeepingOfSteps);
  const done = await runner.client.query<{ step: number }>('SELECT step FROM migration_steps WHERE name = $1', [name]);
  const doneSteps = new Set(done.rows.map(({ step }) => step));
  const { steps } = migration;
  for (const [index, step] of steps.entries()) {
    if (doneSteps.has(index)) continue;
    const what = `Step ${index + 1} of ${steps.length} of the migration ${name}`;
    await runStep(runner, step, what, () => runner.client.query(recordStep, [name, index]));
  }
  await inTransaction(runner, async () => {
    await runner.client.query(recordMigration, [name]);
    await runner.client.query('DELETE FROM migration_steps WHERE name = $1', [name]);
  });
}

const runOldMigration = (runner: Runner, { name, up }: OldMigration): Promise<void> =>
  persistently(
    () =>
      inTransaction(runner, async () => {
        await runner.client.query(up);
        await runner.client.query(recordMigration, [name]);
      }),
    { ...runner, what: `The migration ${name}` },
  );

async function runStep(runner: Runner, step: Step, what: string, record: () => Promise<unknown>): Promise<void> {
  const { client } = runner;
  const terms = { ...runner, what };
  switch (step.kind) {
    case 'create':
      return persistently(() => inTransaction(runner, () => inTurn(step.sql)), terms);
    case 'change':
      return persistently(() => inTransaction(runner, () => changeTable(step.table, step.sql)), terms);
    case 'validate':
      return persistently(
        () => inTransaction(runner, () => inTurn(`ALTER TABLE ${step.table} VALIDATE CONSTRAINT ${step.constraint}`)),
        terms,
      );
    case 'batches':
      while ((await persistently(() => client.query(step.sql), terms)).rowCount);
      break;
    case 'build index':
      await persistently(() => buildIndex(runner, step.index, step.sql), terms);
      break;
    case 'drop index':
      await persistently(() => unhurried(client, `DROP INDEX CONCURRENTLY IF EXISTS ${step.index}`), terms);
  }
  await record();

  async function inTurn(sql: string): Promise<void> {
    await client.query(sql);
    await record();
  }

  /**
   * An autovacuum gives way to whoever waits for a second, and nobody is to wait for that long behind us. So it is sent
   * away first, by a lock that stops neither readers nor writers.
   */
  async function changeTable(table: string, sql: string): Promise<void> {
    await client.query(`SET LOCAL lock_timeout = ${autovacuumGivesWayMs}`);
    await client.query(`LOCK TABLE ${table} IN SHARE UPDATE EXCLUSIVE MODE`);
    await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await inTurn(sql);
  }
}

/** Longer than PostgreSQL's deadlock_timeout, after which an autovacuum that is in the way is cancelled. */
const autovacuumGivesWayMs = 5_000;

/** What waits for an index to be built stops nobody: not for a lock, but for old transactions to end. */
async function unhurried(client: pg.Client, sql: string): Promise<void> {
  await client.query('SET lock_timeout = 0');
  try {
    await client.query(sql);
  } finally {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
  }
}

/** A build that failed or was killed leaves an index that is kept up to date, and that nobody may use. */
async function buildIndex({ client }: Runner, index: string, sql: string): Promise<void> {
  const remove = () => unhurried(client, `DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
  const { rows } = await client.query<{ valid: boolean }>(
    'SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)',
    [index],
  );
  if (rows[0]?.valid) return;
  if (rows[0]) await remove();
  try {
    await unhurried(client, sql);
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

async function inTransaction({ client }: Runner, work: () => Promise<void>): Promise<void> {
  await client.query('BEGIN');
  try {
    await work();
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
