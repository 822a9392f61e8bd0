import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase, waitFor, withClient } from '@showroom/testing';
import { expect } from 'chai';
import pg from 'pg';
import { isMigrated, migrateDatabase } from './migrate.js';
import { readSchema } from './migrating/fixtures/schema.js';

const old = '0008-operation';

/** A database of an old version, with some clients, mailings and entries of the audit. */
async function createOldDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  await migrateDatabase(database.url, { to: old });
  await database.query(`
    INSERT INTO tags (name) VALUES ('vip'), ('new');
    INSERT INTO codes (code) VALUES ('900');
    INSERT INTO clients (phone_number, timezone, code_id, tag_id) SELECT 79000000000 + n, 'UTC', 1, 1 + n % 2
    FROM generate_series(1, 2000) n;
    INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at)
    SELECT now(), now() + interval '1 day', 'hello', true, false, 'completed', now() FROM generate_series(1, 2500);
    INSERT INTO mailing_tags SELECT id, 1 FROM mailings;
    INSERT INTO ranges (mailing_id, first_id, last_id, timezone) SELECT 1, n, n, 'CET' FROM generate_series(1, 1200) n;`);
  return database;
}

describe('migrateDatabase', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let expected: string[];
  before(async () => {
    const fresh = await createTestDatabase();
    expected = await readSchema(fresh);
    await fresh.drop();
  });
  beforeEach(async () => {
    database = await createOldDatabase();
  });
  afterEach(() => database.drop());

  it('brings an old database to the schema of a new one, fills all of its rows, and finds nothing to do then', async () => {
    expect((await migrateDatabase(database.url))[0]).to.equal('0009-clients-by-filter');
    expect(await readSchema(database)).to.deep.equal(expected);
    const [row] = await database.query(`SELECT
      (SELECT count(*)::int FROM mailings WHERE tag_names = '{vip}' AND code_names = '{}') AS frozen,
      (SELECT count(*)::int FROM ranges WHERE timezone = 'Europe/Brussels') AS renamed,
      (SELECT count(*)::int FROM migration_steps) AS steps`);
    expect(row).to.deep.equal({ frozen: 2_500, renamed: 1_200, steps: 0 });
    expect(await migrateDatabase(database.url)).to.deep.equal([]);
    expect(await isMigrated(database.url)).to.equal(true);
  });

  it('changes nothing in a database that has all migrations already', async () => {
    const current = await createTestDatabase();
    await current.query('DROP TABLE migration_steps');
    expect(await migrateDatabase(current.url)).to.deep.equal([]);
    const without = expected.filter((line) => !line.includes('migration_steps'));
    expect(await readSchema(current)).to.deep.equal(without);
    await current.drop();
  });

  it('lets several processes migrate at once: each step is done once', async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrateDatabase(database.url)));
    expect(applied.filter((names) => names.length > 0)).to.have.length(1);
    expect(await readSchema(database)).to.deep.equal(expected);
  });

  it('goes on after it died, whatever statement was its last', async () => {
    for (let most = 5, deaths = 0; ; most = 5 + ((most + 2) % 20)) {
      const died = await dieAt(most, () => migrateDatabase(database.url));
      if (!died) {
        expect(deaths).to.be.above(10);
        break;
      }
      deaths += 1;
    }
    expect(await readSchema(database)).to.deep.equal(expected);
  });

  it('is completed by the next run when it was killed while it built an index', async () => {
    await withClient(database.url, async (reader) => {
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT FROM clients LIMIT 1');
      const killed = fork(new URL('migrating/fixtures/migrate-process.ts', import.meta.url), [database.url], {
        execArgv: ['--conditions=showroom-src', '--import', 'tsx'],
        env: { TSX_TSCONFIG_PATH: fileURLToPath(new URL('../../../tsconfig.json', import.meta.url)) },
      });
      const told = once(killed, 'message') as Promise<[string]>;
      const ended = once(killed, 'exit');
      const isBuilt = () => database.query(`SELECT FROM pg_index WHERE indexrelid = to_regclass('clients_tag')`);
      await waitFor(async () => (await isBuilt()).length > 0, {
        timeoutMs: 30_000,
        what: 'an index that is being built',
      });
      expect((await told)[0]).to.match(/^waits for the end of an older transaction: process \d+.*idle in transaction/);
      killed.kill('SIGKILL');
      await ended;
      // The statement of the dead process goes on. Somebody ends it, or the server's host went down with it.
      await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'showroom migrate'
        AND datname = current_database()`);
      const [index] = await database.query<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'clients_tag'::regclass`,
      );
      expect(index, 'a half-built index').to.deep.equal({ valid: false });
      const again = migrateDatabase(database.url);
      await sleep(500);
      await reader.query('COMMIT');
      await again;
    });
    expect(await readSchema(database)).to.deep.equal(expected);
  });

  it('gives way to others, and says which lock it lacks, who holds it and what to do, when it gives up', async () => {
    await migrateDatabase(database.url, { to: '0011-bad-numbers' });
    await withClient(`${database.url}?application_name=pg_dump`, async (reader) => {
      await reader.query('BEGIN; LOCK TABLE mailings IN ACCESS SHARE MODE');
      const { rows } = await reader.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const failure = migrateDatabase(database.url, { patienceMs: 2_000 }).catch((error: Error) => error.message);
      let longestMs = 0;
      for (let isOver = false; !isOver; ) {
        const startedAt = performance.now();
        await database.query('UPDATE mailings SET text = text WHERE id = 1');
        longestMs = Math.max(longestMs, performance.now() - startedAt);
        isOver = await Promise.race([failure.then(() => true), sleep(10, false)]);
      }
      expect(longestMs, 'a write behind it').to.be.below(1_000);
      expect(await failure).to.match(
        new RegExp(
          '^Step 1 of 9 of the migration 0012-as-of-the-start could not be done within 2 s: ' +
            `mailings is held by process ${rows[0]!.pid}, pg_dump, idle in transaction, in a transaction for \\d+ s\\. ` +
            'Wait for it, or end it with SELECT pg_terminate_backend\\(process\\)\\. ' +
            'Then migrate again: it goes on where it stopped\\.$',
        ),
      );
    });
    await migrateDatabase(database.url);
    expect(await readSchema(database)).to.deep.equal(expected);
  });
});

/** Lets a run of the migration die at its n-th statement: before it is sent, or while PostgreSQL does it, by turns. */
async function dieAt(most: number, work: () => Promise<unknown>): Promise<boolean> {
  const { query } = pg.Client.prototype;
  let statements = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const client = this as pg.Client & { connection: { stream: { destroy(): void } }; connectionParameters: object };
    const isIts =
      (client.connectionParameters as { application_name?: string }).application_name === 'showroom migrate';
    if (!isIts || ++statements !== most) return Reflect.apply(query, this, given);
    if (most % 2 === 0) client.connection.stream.destroy();
    const answer = Reflect.apply(query, this, given);
    setImmediate(() => client.connection.stream.destroy());
    return answer;
  } as typeof query;
  try {
    await work();
    return false;
  } catch (error) {
    expect((error as Error).message).to.match(/Connection terminated|not queryable|Client was closed/);
    return true;
  } finally {
    pg.Client.prototype.query = query;
  }
}
