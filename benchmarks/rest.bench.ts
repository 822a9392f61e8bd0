import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import autocannon from 'autocannon';

const rounds = Number(process.env.REST_ROUNDS ?? 3);
const seconds = Number(process.env.REST_SECONDS ?? 5);
const connections = 32;
const clients = 10_000;
const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
const client = { phone_number: '79001234567', timezone: 'Europe/Moscow', mobile_operator_code: 1, tag: 1 };
const batch = 10;

/*
 * How many requests a second the API answers, against bare Fastify routes that run the same SQL with pg (bare/server.ts),
 * by turns, on the same database. The API is the built server, and is asked with a password in every request.
 */
describe('REST', function () {
  this.timeout(1_200_000);
  let database: TestDatabase;
  let ours: TestProcess;
  let bare: TestProcess;
  let url: { ours: string; bare: string };
  before(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'pw' };
    ours = startApp('apps/server/dist/main.js', environment);
    url = { ours: String((await ours.ready()).url), bare: '' };
    bare = startApp('benchmarks/bare/server.ts', { DATABASE_URL: database.url });
    url.bare = String((await bare.ready()).url);
    await database.query(`INSERT INTO tags (name) VALUES ('one')`);
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(`
      INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, ${clients}) n`);
    await database.query('VACUUM ANALYZE');
  });
  after(async () => {
    await Promise.all([ours.stop(), bare.stop()]);
    await database.drop();
  });

  it('against bare routes', async () => {
    const requests: Record<string, Omit<autocannon.Options, 'url'> & { path: string }> = {
      clients_read: { path: '/api/v1/clients/4711/' },
      'clients_list?limit=100': { path: '/api/v1/clients/?limit=100' },
      clients_create: {
        path: '/api/v1/clients/',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(client),
      },
    };
    for (const [name, request] of Object.entries(requests)) {
      const measured: { ours: number; bare: number }[] = [];
      for (let round = 0; round < rounds; round++) {
        measured.push({ bare: await load(url.bare, request), ours: await load(url.ours, request) });
      }
      const ratios = measured.map((each) => each.ours / each.bare).toSorted((a, b) => a - b);
      const best = (side: 'ours' | 'bare') => Math.max(...measured.map((each) => each[side])).toFixed(0);
      const middle = ratios[Math.floor(ratios.length / 2)]!.toFixed(2);
      const range = `${ratios[0]!.toFixed(2)}–${ratios.at(-1)!.toFixed(2)}`;
      process.stdout.write(`${name}: ${best('ours')} of ${best('bare')} a second, × ${middle} (${range})\n`);
    }
    const path = `/trpc/${Array.from({ length: batch }, () => 'clients.read').join()}?batch=1&input=${encodeURIComponent(
      JSON.stringify(Object.fromEntries(Array.from({ length: batch }, (_, n) => [n, { json: { id: 4_700 + n } }]))),
    )}`;
    const perSecond = await load(url.ours, { path });
    process.stdout.write(
      `tRPC, ${batch} reads in a batch: ${perSecond.toFixed(0)} batches, ${(batch * perSecond).toFixed(0)} reads a second\n`,
    );
  });

  async function load(
    origin: string,
    { path, headers, ...request }: Omit<autocannon.Options, 'url'> & { path: string },
  ) {
    const options = { ...request, url: `${origin}${path}`, connections, headers: { ...headers, authorization } };
    await autocannon({ ...options, duration: 1 });
    const { requests, non2xx, errors } = await autocannon({ ...options, duration: seconds });
    if (non2xx + errors > 0) throw new Error(`${path}: ${non2xx} refused, ${errors} failed`);
    return requests.average;
  }
});
