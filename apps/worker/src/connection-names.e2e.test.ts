import {
  createTestDatabase,
  startApp,
  startPoolingProxy,
  type TestDatabase,
  type TestProcess,
  waitFor,
} from '@showroom/testing';
import { expect } from 'chai';
import { connectionsOfWorker } from './connections.js';

const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;

describe('the connections to PostgreSQL, by their names', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let apps: TestProcess[];
  before(async () => {
    database = await createTestDatabase({ empty: true });
    apps = [];
  });
  after(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await database.drop();
  });

  /** Whoever is connected, but for this test's own connections. */
  const readNames = () =>
    database.query<{ name: string; connections: number }>(
      `SELECT application_name AS name, count(*)::int AS connections FROM pg_stat_activity
       WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
       GROUP BY 1 ORDER BY 1`,
    );

  it('tell the process and the purpose, for every one of them', async () => {
    const seen = new Map<string, number>();
    let isWatching = true;
    const watching = (async () => {
      while (isWatching) {
        for (const { name, connections } of await readNames()) {
          seen.set(name, Math.max(connections, seen.get(name) ?? 0));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    const start = async (app: string, environment: Record<string, string>) => {
      const started = startApp(`apps/${app}/dist/main.js`, { DATABASE_URL: database.url, ...environment });
      apps.push(started);
      return String((await started.ready()).url);
    };
    const server = await start('server', { PORT: '0', ADMIN_PASSWORD: 'pw' });
    const worker = await start('worker', { PROVIDER_URL: 'http://127.0.0.1:1', WATCH_PORT: '0' });
    for (const url of [server, worker]) await fetch(`${url}/readyz`);
    await fetch(`${server}/api/v1/tags/`, { headers: { authorization } });
    await waitFor(() => seen.has('showroom worker'), { timeoutMs: 30_000 });
    isWatching = false;
    await watching;
    // The pool of this test itself has no name.
    seen.delete('');
    // Opened only when a migration waits.
    seen.delete('showroom migrate, watch');
    expect([...seen.keys()]).to.have.members([
      ...['showroom server', 'showroom server, jobs', 'showroom server, start', 'showroom server, steering'],
      'showroom migrate',
      ...['showroom worker', 'showroom worker, jobs', 'showroom worker, session', 'showroom worker, start'],
    ]);
    const ofWorker = [...seen].filter(([name]) => name.startsWith('showroom worker') && !name.endsWith('start'));
    const sum = ofWorker.reduce((total, [, connections]) => total + connections, 0);
    expect(sum).to.be.within(4, connectionsOfWorker('postgresql'));
  });

  for (const [app, entry] of [
    ['server', 'apps/server/dist/main.js'],
    ['worker', 'apps/worker/dist/main.js'],
    ['migrate', 'apps/server/dist/migrate.js'],
  ] as const) {
    it(`do not go through a pooler in transaction mode: ${app} says so in a sentence, and ends`, async () => {
      const pooler = await startPoolingProxy(database.url);
      const environment = { DATABASE_URL: pooler.url, PORT: '0', PROVIDER_URL: 'http://127.0.0.1:1' };
      const started = startApp(entry, environment);
      const [code] = await new Promise<[number | null]>((resolve) =>
        started.child.on('exit', (...given) => resolve([given[0]])),
      );
      await pooler.close();
      expect(code).to.equal(1);
      expect(started.output()).to.match(
        /^The pooler at 127\.0\.0\.1:\d+, which DATABASE_URL names, gives .+ session\.\n$/,
      );
    });
  }
});
