import { createShowroom } from '@showroom/sdk';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';

const clients = Number(process.env.SDK_CLIENTS ?? 1_000_000);
const pageSize = 1_000;

/*
 * A million clients read by the SDK to the end, all of them and those of a tag: what the last pages cost against the first ones.
 */
describe('the sdk', function () {
  this.timeout(3_600_000);
  let database: TestDatabase;
  let server: TestProcess;
  let url: string;
  before(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'pw' };
    server = startApp('apps/server/dist/main.js', environment);
    url = String((await server.ready()).url);
    await database.query(`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 10) n`);
    await database.query(`INSERT INTO codes (code) SELECT 900 + n FROM generate_series(1, 50) n`);
    await database.query(`
      INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      SELECT 79000000000 + n, 'UTC', 1 + n % 10, 1 + n % 50 FROM generate_series(1, ${clients}) n`);
    await database.query('VACUUM ANALYZE');
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  for (const [name, filter] of [
    ['all', {}],
    ['those of a tag', { tag: 4 }],
  ] as const) {
    it(`reads ${name}`, async () => {
      const showroom = createShowroom({ baseUrl: url, username: 'admin', password: 'pw' });
      const pages: number[] = [];
      let [rows, before] = [0, performance.now()];
      const startedAt = before;
      for await (const _ of showroom.clients.list.all(filter, { pageSize })) {
        rows += 1;
        if (rows % pageSize !== 0) continue;
        const now = performance.now();
        pages.push(now - before);
        before = now;
      }
      const tenth = Math.ceil(pages.length / 10);
      const [first, last] = [median(pages.slice(1, tenth)), median(pages.slice(-tenth))];
      const perSecond = rows / ((performance.now() - startedAt) / 1_000);
      process.stdout.write(
        `${rows} rows, ${perSecond.toFixed(0)} a second; a page of the first tenth ${first.toFixed(2)} ms, ` +
          `of the last ${last.toFixed(2)} ms: ${(last / first).toFixed(2)} times; ` +
          `memory ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB\n`,
      );
    });
  }
});

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
