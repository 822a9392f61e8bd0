import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import pg from 'pg';
import { type Database, openDatabase } from '../../database.js';
import { withdrawClient } from '../../ledger/withdraw.js';
import { exactParsers } from '../../parsers.js';
import { startMailing } from './start.js';

const zones = ['Europe/Moscow', 'Asia/Tokyo', 'UTC', 'America/New_York'];
/** Open in some of the zones now, and in none of the others before the end. */
const window = `((now() AT TIME ZONE 'UTC') - interval '1 hour')::time(0), ((now() AT TIME ZONE 'UTC') + interval '1 hour')::time(0)`;

/** Of this database: other tests have locks in theirs. */
const advisoryLocks = `
  SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND locktype = 'advisory' AND granted`;

describe('starting mailings', () => {
  let test: TestDatabase;
  let database: Database;
  let pool: pg.Pool;
  beforeEach(async () => {
    test = await createTestDatabase();
    database = await openDatabase({ url: test.url });
    pool = new pg.Pool({ connectionString: test.url, types: exactParsers, max: 4 });
    await test.query(`INSERT INTO codes (code) VALUES ('900'), ('901'), ('902')`);
    await test.query(`INSERT INTO tags (name) VALUES ('a'), ('b'), ('c')`);
  });
  afterEach(async () => {
    await pool.end();
    await database.close();
    await test.drop();
  });

  const addClients = (count: number) =>
    test.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT 79000000000 + n, ($2::text[])[1 + n % 4], 1 + n % 3, 1 + n / 3 % 3 FROM generate_series(1, $1::int) n`,
      [count, zones],
    );
  async function addMailing({ tags = [] as number[], codes = [] as number[], isWindowed = false } = {}) {
    const [row] = await test.query<{ id: string }>(
      `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, send_window_start, send_window_end)
       VALUES (clock_timestamp(), clock_timestamp() + interval '3 hours', 'x', $1, $2, ${isWindowed ? window : 'NULL, NULL'})
       RETURNING id`,
      [tags.length > 0, codes.length > 0],
    );
    const id = Number(row!.id);
    await test.query('INSERT INTO mailing_tags SELECT $1, unnest($2::bigint[])', [id, tags]);
    await test.query('INSERT INTO mailing_codes SELECT $1, unnest($2::bigint[])', [id, codes]);
    return id;
  }
  const read = async <Row extends object>(statement: string, ...values: unknown[]): Promise<Row[]> =>
    (await pool.query<Row>(statement, values)).rows;
  const addressees = async (id: number) =>
    (
      await read<{ client_id: number }>(
        'SELECT client_id FROM messages WHERE mailing_id = $1 ORDER BY client_id, id',
        id,
      )
    ).map((message) => message.client_id);
  const wanted = async (condition: string) =>
    (await read<{ id: number }>(`SELECT id FROM clients WHERE ${condition} ORDER BY id`)).map(({ id }) => id);
  /** Each message of `mailingId` takes so long to insert, or cannot be inserted. */
  const slowDown = (mailingId: number, instead: string) =>
    test.query(`
      CREATE OR REPLACE FUNCTION slow_down() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${instead}; RETURN NEW; END $$;
      CREATE TRIGGER slow_down BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.mailing_id = ${mailingId})
        EXECUTE FUNCTION slow_down()`);

  async function expectOneBlock(id: number): Promise<void> {
    const [mailing] = await read<{ first: number; last: number }>(
      'SELECT first_message_id AS first, last_message_id AS last FROM mailings WHERE id = $1',
      id,
    );
    const [messages] = await read<{ first: number; last: number; count: number }>(
      'SELECT min(id) AS first, max(id) AS last, count(*)::int AS count FROM messages WHERE mailing_id = $1',
      id,
    );
    expect(messages).to.include(mailing);
    expect(messages!.count).to.equal(mailing!.last - mailing!.first + 1);
    const inRanges = `
      SELECT count(*)::int AS messages, count(DISTINCT c.timezone)::int AS zones, r.timezone, r.done,
        bool_and(m.status = CASE WHEN r.done THEN 'expired' ELSE 'pending' END::message_status) AS alike,
        r.last_id - r.first_id + 1 AS size, r.expired
      FROM ranges r JOIN messages m ON m.id BETWEEN r.first_id AND r.last_id JOIN clients c ON c.id = m.client_id
      WHERE r.mailing_id = $1 GROUP BY r.first_id`;
    const ranges = await read<Record<string, unknown>>(inRanges, id);
    expect(ranges.reduce((sum, range) => sum + Number(range.messages), 0)).to.equal(messages!.count);
    for (const range of ranges) {
      expect(range.messages).to.equal(Number(range.size));
      expect(range.alike).to.equal(true);
      expect(range.expired).to.equal(range.done ? Number(range.size) : 0);
      if (range.timezone !== null) expect(range.zones).to.equal(1);
    }
  }

  it('reaches whoever matches, once, however the audience is sliced', async () => {
    await addClients(2_345);
    const filters = [
      { tags: [], codes: [], where: 'true' },
      { tags: [1, 3], codes: [], where: 'tag_id IN (1, 3)' },
      { tags: [], codes: [2], where: 'code_id = 2' },
      { tags: [2, 3], codes: [1, 2], where: 'tag_id IN (2, 3) AND code_id IN (1, 2)' },
    ];
    for (const { where, ...filter } of filters) {
      for (const isWindowed of [false, true]) {
        for (const sliceSize of [1_000_000, 2_345, 700, 97]) {
          const id = await addMailing({ ...filter, isWindowed });
          const clients = await wanted(where);
          const result = await startMailing(pool, id, { sliceSize });
          expect(result).to.include({ kind: 'started', audience: clients.length });
          expect(await addressees(id)).to.deep.equal(clients);
          await expectOneBlock(id);
        }
      }
    }
  });

  it('starts one while another is being laid out', async () => {
    await addClients(20);
    const [slow, quick] = [await addMailing(), await addMailing()];
    await slowDown(slow, 'PERFORM pg_sleep(0.1)');
    let isSlowDone = false;
    const started = startMailing(pool, slow).finally(() => {
      isSlowDone = true;
    });
    await waitFor(async () => (await read(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0);
    expect(await startMailing(pool, quick)).to.include({ kind: 'started', audience: 20 });
    expect(isSlowDone).to.equal(false);
    await started;
    for (const id of [slow, quick]) await expectOneBlock(id);
  });

  it('keeps to one moment, whatever happens to clients meanwhile', async () => {
    await addClients(20);
    const id = await addMailing({ tags: [1] });
    const clients = await wanted('tag_id = 1');
    await slowDown(id, 'PERFORM pg_sleep(0.1)');
    const started = startMailing(pool, id, { sliceSize: 2 });
    await waitFor(async () => (await read(`SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).length > 0);
    const [leaves, goes, stays] = clients.slice(-3);
    await test.query('UPDATE clients SET tag_id = 2 WHERE id = $1', [leaves]);
    await addClients(3);
    await database.transaction(async (transaction) => {
      await database.sql('DELETE FROM clients WHERE id = $1', [goes], transaction);
      await withdrawClient((statement, values) => database.sql(statement, values, transaction), goes!);
    });
    expect(await started).to.include({ kind: 'started', audience: clients.length });
    expect(await addressees(id)).to.deep.equal(clients);
    const ofGone = 'SELECT status FROM messages WHERE client_id = $1';
    expect(await read(ofGone, goes)).to.deep.equal([{ status: 'canceled' }]);
    expect((await read(ofGone, leaves))[0]).not.to.deep.equal({ status: 'canceled' });
    expect((await read(ofGone, stays))[0]).not.to.deep.equal({ status: 'canceled' });
  });

  it('cancels the message of a client whose deletion was not over when the start was', async () => {
    await addClients(3);
    const id = await addMailing();
    let endDeletion = () => {};
    const deletion = database.transaction(async (transaction) => {
      await database.sql('DELETE FROM clients WHERE id = 2', [], transaction);
      await withdrawClient((statement, values) => database.sql(statement, values, transaction), 2);
      await new Promise<void>((resolve) => {
        endDeletion = resolve;
      });
    });
    await waitFor(async () => (await read(advisoryLocks)).length > 0);
    const started = startMailing(pool, id);
    await sleep(100);
    endDeletion();
    await Promise.all([deletion, started]);
    expect(await read('SELECT status FROM messages WHERE mailing_id = $1 ORDER BY client_id', id)).to.deep.equal([
      { status: 'pending' },
      { status: 'canceled' },
      { status: 'pending' },
    ]);
  });

  it('uses the filter of a change that was not over when it began', async () => {
    await addClients(30);
    const id = await addMailing({ tags: [1] });
    const changing = await pool.connect();
    await changing.query('BEGIN');
    await changing.query('UPDATE mailings SET text = $2 WHERE id = $1', [id, 'y']);
    await changing.query('UPDATE mailing_tags SET tag_id = 2 WHERE mailing_id = $1', [id]);
    const started = startMailing(pool, id);
    await sleep(100);
    await changing.query('COMMIT');
    changing.release();
    await started;
    expect(await addressees(id)).to.deep.equal(await wanted('tag_id = 2'));
    expect((await read('SELECT tag_names FROM mailings WHERE id = $1', id))[0]).to.deep.equal({ tag_names: ['b'] });
  });

  it('leaves a gap in the ids when it fails, and nothing else', async () => {
    await addClients(5);
    const id = await addMailing();
    await slowDown(id, `RAISE EXCEPTION 'the disk is full'`);
    const failure = await startMailing(pool, id).catch((error: Error) => error);
    expect(failure).to.be.an('error').with.property('message', 'the disk is full');
    expect(await read('SELECT status, first_message_id, started_at FROM mailings')).to.deep.equal([
      { status: 'scheduled', first_message_id: null, started_at: null },
    ]);
    expect(await read('SELECT FROM messages UNION ALL SELECT FROM ranges')).to.deep.equal([]);
    await test.query('DROP TRIGGER slow_down ON messages');
    expect(await startMailing(pool, id)).to.include({ kind: 'started', audience: 5 });
    expect(await read('SELECT min(id) AS first FROM messages')).to.deep.equal([{ first: 6 }]);
    await expectOneBlock(id);
  });

  it('gives back the lock of the ids, also when they cannot be taken', async () => {
    await test.query('ALTER SEQUENCE message_ids MAXVALUE 10');
    const client = await pool.connect();
    try {
      const failure = await client.query('SELECT reserve_message_ids(11)').catch((error: Error) => error);
      expect(failure).to.be.an('error');
      expect(await read(advisoryLocks)).to.deep.equal([]);
    } finally {
      client.release();
    }
  });
});
