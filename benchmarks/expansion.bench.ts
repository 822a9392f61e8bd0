import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDispatchStore, type PostgresDispatchStore } from '@showroom/database';
import { createTestDatabase, type TestDatabase, withClient } from '@showroom/testing';
import { from as copyFrom } from 'pg-copy-streams';

const rounds = Number(process.env.EXPANSION_ROUNDS ?? 3);
const clients = Number(process.env.EXPANSION_CLIENTS ?? 1_000_000);

/*
 * How long a start takes to turn the clients that match into messages and ranges, against a COPY of as many messages into
 * the same table, with the same keys; and how long it takes to find one client in a hundred.
 */
describe('expansion', function () {
  this.timeout(1_200_000);
  let database: TestDatabase;
  let store: PostgresDispatchStore;
  before(async () => {
    database = await createTestDatabase();
    store = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
    await database.query(`INSERT INTO tags (name) VALUES ('many'), ('one in a hundred')`);
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(`
      INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      SELECT 79000000000 + n, 'UTC', 1 + (n % 100 = 0)::int, 1 FROM generate_series(1, ${clients}) n`);
    await database.query('VACUUM ANALYZE');
  });
  after(async () => {
    await store.close();
    await database.drop();
  });

  it('of everybody, against COPY', async () => {
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await empty();
      const copied = await timed(() => copy(database.url));
      const mailing = await createMailing(null);
      const started = await timed(() => start(mailing));
      ratios.push(started / copied);
      process.stdout.write(`COPY ${copied.toFixed(0)} ms, start ${started.toFixed(0)} ms\n`);
    }
    ratios.sort((a, b) => a - b);
    const middle = ratios[Math.floor(rounds / 2)]!.toFixed(2);
    process.stdout.write(`${clients} clients: × ${middle} (${ratios[0]!.toFixed(2)}–${ratios.at(-1)!.toFixed(2)})\n`);
  });

  it('of one in a hundred', async () => {
    const finding: number[] = [];
    const starting: number[] = [];
    for (let round = 0; round < 15; round++) {
      finding.push(await timed(() => database.query('SELECT count(id) FROM clients WHERE tag_id = 2')));
      const mailing = await createMailing(2);
      starting.push(await timed(() => start(mailing)));
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[7]!.toFixed(1);
    process.stdout.write(
      `${clients / 100} of them: found in ${median(finding)} ms, started in ${median(starting)} ms\n`,
    );
  });

  it('of two mailings at once', async () => {
    const mailings = [await createMailing(null), await insertMailing(null)];
    const startedAt = performance.now();
    const spans = await Promise.all(
      mailings.map(async (mailing) => {
        await start(mailing);
        return performance.now() - startedAt;
      }),
    );
    const [first, last] = [Math.min(...spans), Math.max(...spans)];
    const overlap = ((first / last) * 100).toFixed(0);
    process.stdout.write(`two at once: ${first.toFixed(0)} and ${last.toFixed(0)} ms; they overlap by ${overlap} %\n`);
  });

  const empty = () => database.query('TRUNCATE messages, mailings, ranges CASCADE');

  async function createMailing(tag: number | null): Promise<number> {
    await empty();
    return insertMailing(tag);
  }

  async function insertMailing(tag: number | null): Promise<number> {
    const [row] = await database.query<{ id: number }>(
      `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status)
       VALUES (now(), now() + interval '1 h', 'x', $1, false, 'scheduled') RETURNING id::int`,
      [tag !== null],
    );
    if (tag !== null)
      await database.query('INSERT INTO mailing_tags (mailing_id, tag_id) VALUES ($1, $2)', [row!.id, tag]);
    return row!.id;
  }

  const start = (mailing: number) => expectStarted(store.start(mailing));
});

async function expectStarted(starting: ReturnType<PostgresDispatchStore['start']>): Promise<void> {
  const result = await starting;
  if (result.kind !== 'started') throw new Error(`the mailing is ${result.kind}`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** As many messages as there are clients, as a file would bring them. */
async function copy(url: string): Promise<void> {
  const batch = 10_000;
  function* lines() {
    for (let id = 1; id <= clients; id += batch) {
      yield Array.from({ length: batch }, (_, n) => `${id + n}\t1\t${id + n}\n`).join('');
    }
  }
  await withClient(url, (client) =>
    pipeline(
      Readable.from(lines()),
      client.query(copyFrom('COPY messages (id, mailing_id, client_id) FROM STDIN')) as NodeJS.WritableStream,
    ),
  );
}
