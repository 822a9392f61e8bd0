import { setTimeout as sleep } from 'node:timers/promises';
import { createDispatcher, type Outcome, type Provider, silentLogger } from '@showroom/dispatch';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type Database, openDatabase } from '../database.js';
import { openDispatchStore, type PostgresDispatchStore } from '../dispatch-store/store.js';
import { withdrawClient } from './withdraw.js';

/** Clients are deleted while mailings start, while workers send, and while messages wait. */
describe('deleting clients', () => {
  let test: TestDatabase;
  let database: Database;
  let store: PostgresDispatchStore;
  beforeEach(async () => {
    test = await createTestDatabase();
    database = await openDatabase({ url: test.url });
    store = await openDispatchStore({ url: test.url, onConnectionError: () => {} });
    await test.query(`INSERT INTO codes (code) VALUES ('900')`);
    await test.query(`INSERT INTO tags (name) VALUES ('vip')`);
  });
  afterEach(async () => {
    await store.close();
    await database.close();
    await test.drop();
  });

  const addClients = (count: number) =>
    test.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, $1::int) n`,
      [count],
    );
  async function addMailing(window = ''): Promise<number> {
    const [row] = await test.query<{ id: string }>(
      `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, send_window_start, send_window_end)
       VALUES (clock_timestamp(), clock_timestamp() + interval '1 day', 'x', false, false, ${window || 'NULL, NULL'})
       RETURNING id`,
    );
    return Number(row!.id);
  }
  const deleteClient = (id: number) =>
    database.transaction(async (transaction) => {
      await database.sql('DELETE FROM clients WHERE id = $1', [id], transaction);
      await withdrawClient((statement, values) => database.sql(statement, values, transaction), id);
    });
  async function expectCountsToBeTheRows(): Promise<void> {
    const ends = ['sent', 'failed', 'expired', 'canceled', 'unknown'];
    const counted = ends.map((end) => `(count(*) FILTER (WHERE m.status = '${end}'))::int`).join(', ');
    const wrong = await test.query(
      `SELECT r.first_id FROM ranges r JOIN messages m ON m.id BETWEEN r.first_id AND r.last_id
       GROUP BY r.first_id HAVING (${ends.map((end) => `r.${end}`).join(', ')}) IS DISTINCT FROM (${counted})`,
    );
    expect(wrong).to.deep.equal([]);
  }
  const statuses = () =>
    test.query<{ status: string; reason: string | null }>('SELECT status, reason FROM messages ORDER BY id');

  it('cancels what waits for a window, with a line in its timeline', async () => {
    await addClients(2);
    const closed = `((now() AT TIME ZONE 'UTC') + interval '2 hours')::time(0), ((now() AT TIME ZONE 'UTC') + interval '3 hours')::time(0)`;
    await store.start(await addMailing(closed));
    await deleteClient(1);
    expect(await statuses()).to.deep.equal([
      { status: 'canceled', reason: 'client_deleted' },
      { status: 'pending', reason: null },
    ]);
    expect(await test.query('SELECT message_id::int, event, detail FROM message_events')).to.deep.equal([
      { message_id: 1, event: 'canceled', detail: 'The client was deleted.' },
    ]);
    await expectCountsToBeTheRows();
  });

  it('leaves ends alone, and messages of other clients', async () => {
    await addClients(3);
    const id = await addMailing();
    await store.start(id);
    const range = await store.claim(id, { leaseMs: 5_000, idempotent: true });
    if (range.kind !== 'range') throw new Error(range.kind);
    const [first] = range.messages;
    await store.settle([{ rangeId: range.hold.rangeId, messageId: first!.id, status: 'sent', event: null }]);
    await store.release(range.hold);
    await deleteClient(1);
    await deleteClient(2);
    expect((await statuses()).map(({ status }) => status)).to.deep.equal(['sent', 'canceled', 'pending']);
    await expectCountsToBeTheRows();
  });

  it('leaves nothing waiting when mailings start at the same moment', async () => {
    await addClients(120);
    for (let round = 0; round < 12; round++) {
      const id = await addMailing();
      const gone = [1, 2, 3].map((n) => round * 3 + n);
      await Promise.all([store.start(id), ...gone.map(deleteClient)]);
      const left = await test.query(
        `SELECT id FROM messages m WHERE status = 'pending' AND NOT EXISTS (SELECT FROM clients WHERE id = m.client_id)`,
      );
      expect(left, `round ${round}`).to.deep.equal([]);
    }
    await expectCountsToBeTheRows();
  });

  it('never calls canceled what was accepted, and never leaves anything waiting, while workers send', async () => {
    await addClients(1_500);
    const id = await addMailing();
    const accepted = new Set<number>();
    const askedAfter: number[] = [];
    const goneSince = new Map<number, number>();
    const provider: Provider = {
      name: 'test',
      idempotent: true,
      close: async () => {},
      send: async ({ id: message, clientId }, _timeoutMs, mayStart) => {
        if (!mayStart()) return null;
        const since = goneSince.get(clientId);
        if (since !== undefined && performance.now() - since > 2_000) askedAfter.push(message);
        await sleep(5 + Math.random() * 30);
        const dice = Math.random();
        if (dice < 0.2) return { kind: 'busy', detail: 'HTTP 503' } satisfies Outcome;
        if (dice < 0.3) return { kind: 'unknown', detail: 'no answer' } satisfies Outcome;
        accepted.add(message);
        return { kind: 'accepted' } satisfies Outcome;
      },
    };
    const lanes: Promise<unknown>[] = [];
    const ended = new AbortController();
    const dispatcher = createDispatcher({
      store,
      provider,
      logger: silentLogger,
      settings: {
        concurrency: 8,
        breaker: { share: 0.99, windowMs: 5_000, attempts: 1_000, firstMs: 10, longestMs: 10 },
      },
      clock: {
        startIn: async () => {},
        send: async (mailing) => void lanes.push(dispatcher.send(mailing, ended.signal)),
        finishIn: async () => {},
        purge: async () => {},
      },
    });
    await dispatcher.start(id);
    for (let n = 0; n < 60; n++) {
      const clients = Array.from({ length: 10 }, (_, k) => 1_500 - (n * 10 + k) * 2).filter((each) => each > 0);
      await Promise.all(clients.map(deleteClient));
      for (const client of clients) goneSince.set(client, performance.now());
      await sleep(20);
    }
    await sleep(1_000);
    const waiting = await test.query(
      `SELECT id, client_id FROM messages m WHERE status = 'pending' AND NOT EXISTS (SELECT FROM clients WHERE id = m.client_id)`,
    );
    ended.abort();
    await Promise.all(lanes);
    expect(waiting, 'at once').to.deep.equal([]);
    expect(askedAfter, 'asked long after').to.deep.equal([]);
    await expectCountsToBeTheRows();
    const rows = await test.query<{ id: string; status: string }>('SELECT id, status FROM messages');
    const canceled = rows.filter(({ status }) => status === 'canceled');
    expect(canceled.length).to.be.greaterThan(30);
    expect(canceled.filter((row) => accepted.has(Number(row.id)))).to.deep.equal([]);
    expect(rows.filter((row) => accepted.has(Number(row.id)) && row.status !== 'sent')).to.deep.equal([]);
  });
});
