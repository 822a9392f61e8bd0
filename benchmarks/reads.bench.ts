import { Agent, get } from 'node:http';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';

const sizes = [
  { clients: 1_000, mailings: 10, messages: 1_000 },
  { clients: 1_000_000, mailings: 10, messages: 1_000_000 },
];
const requests = 60;

interface Side {
  database: TestDatabase;
  server: TestProcess;
  url: string;
}

/*
 * What reading costs with ten million messages and a million clients, against what it costs with ten thousand and a
 * thousand: the same requests to two servers, by turns; the median of each.
 */
describe('reads', function () {
  this.timeout(3_600_000);
  const sides: Side[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  before(async () => {
    for (const size of sizes) await createSide(size);
  });
  after(async () => {
    agent.destroy();
    for (const { server, database } of sides) {
      await server.stop();
      await database.drop();
    }
  });

  it('at size', async () => {
    const lines: { name: string; small: number; large: number }[] = [];
    for (const [name, pathOf] of Object.entries(reads)) {
      const [small, large] = [[], []] as [number[], number[]];
      for (let n = 0; n < requests; n++) {
        small.push(await ask(sides[0]!, pathOf(sizes[0]!, n)));
        large.push(await ask(sides[1]!, pathOf(sizes[1]!, n)));
      }
      lines.push({ name, small: median(small), large: median(large) });
    }
    const cheapest = Math.min(...lines.map(({ large }) => large));
    process.stdout.write(
      '| read | at 10,000 messages, ms | at 10,000,000 | × | × the cheapest |\n| --- | ---: | ---: | ---: | ---: |\n',
    );
    for (const { name, small, large } of lines) {
      process.stdout.write(
        `| ${name} | ${small.toFixed(2)} | ${large.toFixed(2)} | ${(large / small).toFixed(2)} | ${(large / cheapest).toFixed(1)} |\n`,
      );
    }
  });

  async function createSide({ clients, mailings, messages }: (typeof sizes)[number]): Promise<void> {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'pw' };
    const server = startApp('apps/server/src/main.ts', environment);
    const url = String((await server.ready()).url);
    sides.push({ database, server, url });
    await database.query(`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 10) n`);
    await database.query(`INSERT INTO codes (code) SELECT 900 + n FROM generate_series(1, 50) n`);
    await database.query(`
      INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      SELECT 79000000000 + n, (ARRAY['UTC', 'Europe/Moscow', 'Asia/Omsk'])[1 + n % 3], 1 + n % 10, 1 + n % 50
      FROM generate_series(1, ${clients}) n`);
    for (let mailing = 0; mailing < mailings; mailing++) {
      const first = mailing * messages + 1;
      const last = first + messages - 1;
      await database.query(`
        WITH m AS (
          INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at,
            first_message_id, last_message_id)
          VALUES (now() - interval '2 h', now() - interval '1 h', 'x', false, false, 'completed', now() - interval '2 h',
            now() - interval '1 h', ${first}, ${last}) RETURNING id),
        written AS (
          INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
          SELECT ${first} + n, m.id, 1 + n * ${clients}::bigint / ${messages}, (CASE WHEN n % 1000 = 7 THEN 'failed' ELSE 'sent' END)::message_status,
            CASE WHEN n % 1000 <> 7 THEN now() - interval '2 h' + n * interval '2 ms' END
          FROM m, generate_series(0, ${messages - 1}) n)
        INSERT INTO ranges (mailing_id, first_id, last_id, done, sent, failed)
        SELECT m.id, at, at + 999, true, 999, 1 FROM m, generate_series(${first}, ${last}, 1000) AS at`);
    }
    await database.query(`SELECT setval('message_ids', ${mailings * messages})`);
    await database.query('VACUUM ANALYZE');
    for (let mailing = 1; mailing <= mailings; mailing++) await ask({ url }, `/statistic/${mailing}/`);
    await database.query('VACUUM ANALYZE');
  }

  const ask = ({ url }: Pick<Side, 'url'>, path: string) =>
    new Promise<number>((resolve, reject) => {
      const startedAt = performance.now();
      get(`${url}/api/v1${path}`, { agent, auth: 'admin:pw' }, (response) => {
        response.resume().on('end', () => resolve(performance.now() - startedAt));
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
      }).on('error', reject);
    });
});

type PathOf = (size: (typeof sizes)[number], n: number) => string;

/** Which rows are asked for changes from request to request. */
const reads: Record<string, PathOf> = {
  'a client': ({ clients }, n) => `/clients/${spread(clients, n)}/`,
  'clients, the first page of 100': () => '/clients/?limit=100',
  'clients, 100 after a key': ({ clients }, n) => `/clients/?limit=100&after=${spread(clients - 200, n)}`,
  'clients, a page in the middle by its number': ({ clients }) => `/clients/?limit=100&page=${clients / 200}`,
  'clients, the last page': () => '/clients/?limit=100&page=last',
  'clients with a tag, 100 after a key': ({ clients }, n) =>
    `/clients/?limit=100&tag=4&after=${spread(clients - 2000, n)}`,
  'clients with a tag and a code, the first page': () => '/clients/?limit=10&tag=4&mobile_operator_code=4',
  'clients with a phone number': ({ clients }, n) => `/clients/?phone_number=${79_000_000_000 + spread(clients, n)}`,
  'messages, the first page of 100': () => '/messages/?limit=100',
  'messages, 100 after a key': (size, n) => `/messages/?limit=100&after=${spread(total(size) - 200, n)}`,
  'messages, a page in the middle by its number': (size) => `/messages/?limit=100&page=${total(size) / 200}`,
  'messages, the last page': () => '/messages/?limit=100&page=last',
  'messages that failed': () => '/messages/?limit=10&status=failed',
  'messages that are pending, of which there are none': () => '/messages/?limit=10&status=pending',
  'messages of a mailing': () => '/messages/?limit=100&mailing_list=5',
  'messages of a client': ({ clients }, n) => `/messages/?client=${spread(clients, n)}`,
  'a message, with its timeline': (size, n) => `/messages/${spread(total(size), n)}/`,
  'why a client was in a mailing': ({ clients }, n) => `/mailing/5/explain/?client=${spread(clients, n)}`,
  'all statistics': () => '/statistic/',
  'statistics of a mailing': (_size, n) => `/statistic/${1 + (n % 10)}/`,
  'a preview to everybody': () => '/mailing/5/preview/',
  'the audit, the first page of 100': () => '/audit/?limit=100',
};

const total = ({ mailings, messages }: (typeof sizes)[number]) => mailings * messages;
const spread = (rows: number, n: number) => 1 + ((n * 7_919) % rows);
const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
