import type { ClaimedRange, MessageEvent, Settlement } from '@showroom/dispatch';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { openDispatchStore, type PostgresDispatchStore } from './store.js';

const terms = { leaseMs: 5_000, idempotent: true };

/** What PostgreSQL's ledger keeps beyond what every DispatchStore does: reasons, timelines, counts, windows. */
describe('the ledger', () => {
  let database: TestDatabase;
  let store: PostgresDispatchStore;
  beforeEach(async () => {
    database = await createTestDatabase();
    store = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const addClients = (count: number, timezone = 'UTC') =>
    database.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT 79000000000 + n, $2, (SELECT id FROM codes), (SELECT id FROM tags) FROM generate_series(1, $1::int) n`,
      [count, timezone],
    );

  /** Windows are given as SQL times by the database's clock in UTC. */
  async function startMailing({ ends = '1 hour', opens = null as string | null, closes = null as string | null } = {}) {
    const time = (shift: string | null) =>
      shift === null
        ? 'NULL'
        : `date_trunc('minute', (clock_timestamp() AT TIME ZONE 'UTC') + interval '${shift}')::time`;
    const [row] = await database.query<{ id: string }>(
      `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, send_window_start, send_window_end)
       VALUES (clock_timestamp() - interval '1 s', clock_timestamp() + interval '${ends}', 'hello', false, false,
         ${time(opens)}, ${time(closes)}) RETURNING id`,
    );
    const id = Number(row!.id);
    await store.start(id);
    return id;
  }

  async function claim(id: number): Promise<ClaimedRange> {
    const claimed = await store.claim(id, terms);
    if (claimed.kind !== 'range') throw new Error(`expected a range, got ${claimed.kind}`);
    return claimed;
  }

  const event = (of: MessageEvent['event'], attempt = 1): MessageEvent => {
    return { event: of, attempt, httpStatus: 400, code: 7, latencyMs: 12, detail: 'HTTP 400: no' };
  };
  const end = (range: ClaimedRange, n: number, status: 'sent' | 'failed' | 'unknown', told: MessageEvent | null) =>
    ({ rangeId: range.hold.rangeId, messageId: range.messages[n]!.id, status, event: told }) satisfies Settlement;

  const rows = () => database.query('SELECT status, reason FROM messages ORDER BY id');
  const counts = async () =>
    (
      await database.query(
        'SELECT sum(sent)::int s, sum(failed)::int f, sum(expired)::int e, sum(unknown)::int u FROM ranges',
      )
    )[0];

  it('says why an end is what it is, with a line for what was not accepted at once and none for the rest', async () => {
    await addClients(3);
    const range = await claim(await startMailing());
    await store.settle([
      end(range, 0, 'sent', null),
      end(range, 1, 'failed', event('refused')),
      end(range, 2, 'unknown', event('unknown')),
    ]);
    expect(await rows()).to.deep.equal([
      { status: 'sent', reason: null },
      { status: 'failed', reason: 'refused' },
      { status: 'unknown', reason: 'no_answer' },
    ]);
    const told = await database.query(
      'SELECT event, attempt, http_status, code, latency_ms, detail FROM message_events',
    );
    const line = { attempt: 1, http_status: 400, code: 7, latency_ms: 12, detail: 'HTTP 400: no' };
    expect(told).to.deep.equal([
      { event: 'refused', ...line },
      { event: 'unknown', ...line },
    ]);
  });

  it('tells nothing twice when a write is tried again', async () => {
    await addClients(2);
    const range = await claim(await startMailing());
    const settlements = [end(range, 0, 'failed', event('refused')), end(range, 1, 'sent', event('accepted', 2))];
    await store.settle(settlements);
    await store.settle(settlements);
    expect(await database.query('SELECT count(*)::int AS lines FROM message_events')).to.deep.equal([{ lines: 2 }]);
    expect(await counts()).to.deep.equal({ s: 1, f: 1, e: 0, u: 0 });
  });

  it('takes an answer that comes after all for what was unknown', async () => {
    await addClients(2);
    const id = await startMailing();
    const range = await claim(id);
    await store.mark(range.hold, range.messages[1]!.id);
    await database.query(`UPDATE ranges SET leased_until = clock_timestamp() - interval '1 s'`);
    const other = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
    await other.claim(id, { ...terms, idempotent: false });
    expect(await rows()).to.deep.equal(Array(2).fill({ status: 'unknown', reason: 'worker_died' }));
    await store.settle([end(range, 0, 'sent', null)]);
    await store.settle([end(range, 0, 'sent', null)]);
    expect(await rows()).to.deep.equal([
      { status: 'sent', reason: null },
      { status: 'unknown', reason: 'worker_died' },
    ]);
    expect(await counts()).to.deep.equal({ s: 1, f: 0, e: 0, u: 1 });
    await other.close();
  });

  it('keeps an answer that no text column could hold', async () => {
    await addClients(1);
    const range = await claim(await startMailing());
    await store.settle([end(range, 0, 'failed', { ...event('refused'), detail: 'a\0b\ud800' })]);
    expect(await rows()).to.deep.equal([{ status: 'failed', reason: 'refused' }]);
  });

  describe('with a window', () => {
    it('lays the audience out by time zone, each due when its window opens', async () => {
      await addClients(1_500, 'UTC');
      await addClients(2, '+01:00');
      await addClients(1, '+0100');
      const id = await startMailing({ ends: '3 days', opens: '-30 minutes', closes: '30 minutes' });
      const ranges = await database.query(
        `SELECT timezone, last_id - first_id + 1 AS size, due_at <= clock_timestamp() AS due,
           round(extract(epoch FROM due_at - clock_timestamp()) / 3600)::int AS hours FROM ranges ORDER BY first_id`,
      );
      expect(ranges).to.deep.equal([
        { timezone: '+01:00', size: '1', due: false, hours: 22 },
        { timezone: '+01:00', size: '2', due: false, hours: 22 },
        { timezone: 'UTC', size: '1000', due: true, hours: 0 },
        { timezone: 'UTC', size: '500', due: true, hours: 0 },
      ]);
      const range = await claim(id);
      expect(range.closesInMs).to.be.within(28 * 60_000, 31 * 60_000);
      const [row] = await database.query(
        `SELECT bool_and(c.timezone IN ('UTC') = (r.timezone = 'UTC')) AS matches, count(DISTINCT c.id)::int AS clients
         FROM messages m JOIN clients c ON c.id = m.client_id JOIN ranges r ON m.id BETWEEN r.first_id AND r.last_id`,
      );
      expect(row).to.deep.equal({ matches: true, clients: 1_503 });
    });

    it('cancels what no window is known for, and says so; old abbreviations are sent as ever', async () => {
      await addClients(1_200, 'Mars/Base');
      await addClients(2, 'UTC+3');
      await addClients(3, 'IST');
      await addClients(1, 'CET');
      const id = await startMailing({ ends: '3 days', opens: '-30 minutes', closes: '30 minutes' });
      const ranges = await database.query(
        'SELECT timezone, last_id - first_id + 1 AS size, done, canceled, expired FROM ranges ORDER BY first_id',
      );
      expect(ranges).to.deep.equal([
        { timezone: 'Europe/Brussels', size: '1', done: false, canceled: 0, expired: 0 },
        { timezone: 'IST', size: '3', done: false, canceled: 0, expired: 0 },
        { timezone: null, size: '1000', done: true, canceled: 1_000, expired: 0 },
        { timezone: null, size: '200', done: true, canceled: 200, expired: 0 },
        { timezone: null, size: '2', done: true, canceled: 2, expired: 0 },
      ]);
      const told = await database.query(
        `SELECT c.timezone, m.status, m.reason, e.event, e.detail, count(*)::int AS n
         FROM messages m JOIN clients c ON c.id = m.client_id LEFT JOIN message_events e ON e.message_id = m.id
         WHERE m.mailing_id = $1 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1`,
        [id],
      );
      const bad = { status: 'canceled', reason: 'bad_timezone', event: 'canceled' };
      const good = { status: 'pending', reason: null, event: null, detail: null };
      expect(told).to.have.deep.members([
        { timezone: 'CET', ...good, n: 1 },
        { timezone: 'IST', ...good, n: 3 },
        { timezone: 'Mars/Base', ...bad, detail: 'The time zone "Mars/Base" is unknown.', n: 1_200 },
        { timezone: 'UTC+3', ...bad, detail: 'The time zone "UTC+3" is unknown.', n: 2 },
      ]);
    });

    it('sends to clients of unknown time zones without a window', async () => {
      await addClients(2, 'Mars/Base');
      await startMailing();
      expect(await rows()).to.deep.equal(Array(2).fill({ status: 'pending', reason: null }));
    });

    it('ends when only clients of unknown time zones were in the audience', async () => {
      await addClients(2, 'Mars/Base');
      const id = await startMailing({ ends: '3 days', opens: '-30 minutes', closes: '30 minutes' });
      expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
    });

    it('expires at once what no window can bring in time, and says so', async () => {
      await addClients(2, '+12:00');
      await addClients(1, 'UTC');
      const id = await startMailing({ ends: '2 hours', opens: '-30 minutes', closes: '30 minutes' });
      expect(await rows()).to.deep.equal([
        { status: 'expired', reason: 'window' },
        { status: 'expired', reason: 'window' },
        { status: 'pending', reason: null },
      ]);
      const range = await claim(id);
      expect(range.messages).to.have.length(1);
      await store.settle([end(range, 0, 'sent', null)]);
      await store.release(range.hold);
      expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'expired' });
      expect(await counts()).to.deep.equal({ s: 1, f: 0, e: 2, u: 0 });
    });

    it('hands out nothing while the window is closed, however due the range seems', async () => {
      await addClients(2);
      const id = await startMailing({ ends: '3 days', opens: '2 hours', closes: '3 hours' });
      await database.query('UPDATE ranges SET due_at = clock_timestamp()');
      const claimed = await store.claim(id, terms);
      if (claimed.kind !== 'wait') throw new Error(claimed.kind);
      expect(claimed.waitMs).to.be.within(118 * 60_000, 121 * 60_000);
      expect((await store.due(0)).sends).to.deep.equal([]);
    });

    it('puts off what was left when the window closed, and expires it when there is no other before the end', async () => {
      await addClients(2);
      const id = await startMailing({ ends: '20 hours', opens: '-30 minutes', closes: '30 minutes' });
      const range = await claim(id);
      await database.query(
        `UPDATE mailings SET send_window_end = date_trunc('minute', (clock_timestamp() AT TIME ZONE 'UTC'))::time`,
      );
      const [renewal] = await store.renew([range.hold], 5_000);
      expect(renewal!.closesInMs).to.be.at.most(0);
      await store.settle([end(range, 0, 'sent', null)]);
      await store.release(range.hold);
      expect(await store.claim(id, terms)).to.deep.equal({ kind: 'done' });
      expect(await rows()).to.deep.equal([
        { status: 'sent', reason: null },
        { status: 'expired', reason: 'window' },
      ]);
      expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'expired' });
    });
  });
});
