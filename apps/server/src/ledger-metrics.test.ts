import { defaultSettings } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase, readLedgerStand } from '@showroom/database';
import { type Jobs, openJobs } from '@showroom/jobs';
import { createTestDatabase, type StoreProxy, startDatabaseProxy, type TestDatabase, waitFor } from '@showroom/testing';
import { createMetrics } from '@showroom/watch';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { createServer } from './app.js';
import { registerLedgerMetrics } from './ledger-metrics.js';

describe('the metrics of the ledger', () => {
  let testDatabase: TestDatabase;
  let proxy: StoreProxy;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;

  before(async () => {
    testDatabase = await createTestDatabase();
    const proxied = await startDatabaseProxy(testDatabase.url);
    proxy = proxied.proxy;
    database = await openDatabase({ url: proxied.url });
    const logger = createLogger('server', 'silent');
    jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
  });
  after(async () => {
    await proxy.restore();
    await app.close();
    await jobs.close();
    await database.close();
    await proxy.close();
    await testDatabase.drop();
  });

  async function look() {
    const startedAt = performance.now();
    const { body } = await app.inject('/metrics');
    const figure = (name: string) => {
      const value = new RegExp(`^showroom_${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(body)?.[1];
      return value === undefined ? undefined : Number(value);
    };
    return { ms: performance.now() - startedAt, figure };
  }

  it('come within two seconds while PostgreSQL hangs, refuses, or is locked, and come back with it', async () => {
    expect((await look()).figure('database_up')).to.equal(1);
    for (const [name, take, give] of [
      ['hangs', async () => proxy.hang(), proxy.restore],
      ['refuses', proxy.refuse, proxy.restore],
    ] as const) {
      await take();
      // A crowd asks: none of them waits for another's turn on a connection.
      for (const each of await Promise.all(Array.from({ length: 30 }, look))) {
        expect(each.ms, name).to.be.below(2_000);
        expect(each.figure('database_up'), name).to.equal(0);
        expect(each.figure('job_store_up'), name).to.equal(1);
        expect(each.figure('backlog_messages'), name).to.equal(0);
      }
      await give();
      await waitFor(async () => (await look()).figure('database_up') === 1, { what: `${name}: the metrics are back` });
    }
  }).timeout(60_000);

  it('come within two seconds while somebody locks the tables', async () => {
    const locked = testDatabase.query(
      `BEGIN; LOCK TABLE mailings IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT`,
    );
    await waitFor(async () => (await look()).figure('database_up') === 0);
    expect((await look()).ms).to.be.below(2_000);
    await locked;
    await waitFor(async () => (await look()).figure('database_up') === 1);
  });

  it('leave out figures that nobody has confirmed for long', async () => {
    const metrics = createMetrics('server', '1.2.3');
    let isAway = false;
    const refresh = registerLedgerMetrics({
      database: {
        sql: (...args: Parameters<Database['sql']>) =>
          isAway ? Promise.reject(new Error('away')) : database.sql(...args),
        steering: database.steering,
      } as Database,
      jobs,
      metrics,
      keptMs: 50,
    });
    const names = async () => (await metrics.metrics()).match(/^showroom_(?!build_|jobs|job_|database_w)\w+/gm);
    const told = async () => [...new Set(await names())].sort();
    expect(await told()).to.deep.equal(['showroom_database_up']);
    await refresh();
    const all = await told();
    expect(all).to.include.members(['showroom_backlog_messages', 'showroom_mailings', 'showroom_workers_alive']);
    isAway = true;
    await refresh();
    expect(await told()).to.deep.equal(all);
    await new Promise((resolve) => setTimeout(resolve, 60));
    await refresh();
    expect(await told()).to.deep.equal(['showroom_database_up']);
    isAway = false;
    await refresh();
    expect(await told()).to.deep.equal(all);
  });

  it('count mailings that are overdue, and workers that are alive', async () => {
    await testDatabase.query(`
      INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status)
      SELECT clock_timestamp() + start, clock_timestamp() + '2 hours', 'x', false, false, status::mailing_status
      FROM (VALUES ('-31 s'::interval, 'scheduled'), ('-2 h', 'scheduled'), ('-10 s', 'scheduled'), ('1 h', 'scheduled'),
        ('-2 h', 'paused'), ('-2 h', 'running')) AS m (start, status)`);
    expect((await look()).figure('mailings_overdue')).to.equal(2);
    expect((await look()).figure('workers_alive')).to.equal(0);
  });

  it('count a range whose lease ran out as nobody’s', async () => {
    await testDatabase.query(`
      INSERT INTO ranges (mailing_id, first_id, last_id, due_at, worker_id, leased_until)
      SELECT id, first, first + 99, clock_timestamp() - interval '5 minutes', 1, clock_timestamp() + leased
      FROM mailings, (VALUES (1, '-1 minute'::interval), (101, '1 minute')) AS r (first, leased) WHERE status = 'running'`);
    const { open: _, oldestDueSeconds, ...stand } = await readLedgerStand(database);
    expect(stand).to.include({ backlog: 200, rangesHeld: 1, workers: 1 });
    expect(oldestDueSeconds).to.be.within(299, 310);
  });
});
