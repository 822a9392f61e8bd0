import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { connectionsOfWorker } from './connections.js';

const mongodbUrl = process.env.MONGODB_URL;
const most = 5;

/** A real worker at full speed: mailings start, send, end and are removed while its health is asked for. */
function testConnections(backend: 'mongodb' | 'postgresql', jobStore: () => Record<string, string>): void {
  describe(`the connections of a worker, with jobs in ${backend}`, function () {
    this.timeout(90_000);
    let database: TestDatabase;
    let probe: TestProcess;
    let worker: TestProcess;

    before(async () => {
      database = await createTestDatabase();
      probe = startApp('apps/probe/dist/main.js', { PORT: '0', PROBE_TOKEN: 'token' });
      const { url } = await probe.ready();
      await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
      await database.query(`INSERT INTO codes (code) VALUES ('900')`);
      await database.query(`INSERT INTO clients (phone_number, timezone, code_id, tag_id)
        SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, 3000) n`);
      await database.query(`INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
        SELECT now(), now() + interval '1 hour', 'hello', false, false FROM generate_series(1, 4)`);
      worker = startApp('apps/worker/dist/main.js', {
        ...{
          DATABASE_URL: database.url,
          PROVIDER_URL: String(url),
          PROVIDER_TOKEN: 'token',
          LOG_LEVEL: 'warn',
          WATCH_PORT: '0',
        },
        ...jobStore(),
      });
    });
    after(async () => {
      await Promise.all([worker.stop(), probe.stop()]);
      await database.drop();
    });

    it(`are ${connectionsOfWorker(backend)}: at most ${most}`, async () => {
      const names = new Set<string>();
      let highest = 0;
      let isOver = false;
      const counting = (async () => {
        while (!isOver) {
          const open = await database.query<{ name: string }>(`SELECT application_name AS name FROM pg_stat_activity
            WHERE datname = current_database() AND application_name LIKE 'showroom%'`);
          highest = Math.max(highest, open.length);
          for (const { name } of open) names.add(name);
          await sleep(10);
        }
      })();
      const { url } = await worker.ready();
      const isReady = async () => (await fetch(`${url}/readyz`)).status;
      const states = new Set<number>();
      await waitFor(
        async () => {
          states.add(await isReady());
          const [row] = await database.query(`SELECT FROM mailings WHERE finished_at IS NOT NULL HAVING count(*) = 4`);
          return row !== undefined;
        },
        { timeoutMs: 60_000, everyMs: 100, what: 'the end of all mailings' },
      );
      isOver = true;
      await counting;
      expect([...names]).to.include.members(['showroom worker', 'showroom worker, session']);
      expect(highest).to.be.within(3, connectionsOfWorker(backend));
      expect(connectionsOfWorker(backend)).to.be.at.most(most);
      expect([...states], 'ready meanwhile').to.deep.equal([200]);
      const [sent] = await database.query('SELECT sum(sent)::int AS sent FROM ranges');
      expect(sent).to.deep.equal({ sent: 12_000 });
    });
  });
}

testConnections('postgresql', () => ({}));
if (mongodbUrl) testConnections('mongodb', () => ({ MONGODB_URL: `${mongodbUrl}/connections_${process.pid}` }));
else it('the connections of a worker with jobs in mongodb: left out, because MONGODB_URL is not set');
