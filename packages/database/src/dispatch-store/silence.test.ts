import { createTestDatabase, startProxy, type TestDatabase, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { isMigrated } from '../migrate.js';
import { openDispatchStore, type PostgresDispatchStore } from './store.js';

/** Connections that were there fall silent: nothing comes, and nothing breaks. New ones are answered. */
describe('a dispatch store whose connections fall silent', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  let store: PostgresDispatchStore;
  let mailing: number;
  const terms = { leaseMs: 30_000, idempotent: true };
  /** As long as sending may rest. */
  const mostMs = 30_000;

  beforeEach(async () => {
    database = await createTestDatabase();
    const { hostname, port } = new URL(database.url);
    proxy = await startProxy({ host: hostname, port: Number(port) });
    const url = new URL(database.url);
    url.host = `127.0.0.1:${proxy.port}`;
    store = await openDispatchStore({ url: url.href, onConnectionError: () => {} });
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
    await database.query(`INSERT INTO clients (phone_number, timezone, code_id, tag_id)
      SELECT 79000000000 + n, 'UTC', (SELECT id FROM codes), (SELECT id FROM tags) FROM generate_series(1, 3000) n`);
    const [row] = await database.query<{ id: string }>(`INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
      VALUES (clock_timestamp() - interval '1 s', clock_timestamp() + interval '1 hour', 'hello', false, false) RETURNING id`);
    mailing = Number(row!.id);
    await store.start(mailing);
  });
  afterEach(async () => {
    const closedAt = performance.now();
    await store.close();
    expect(performance.now() - closedAt, 'a goodbye that nobody hears').to.be.below(4_000);
    await proxy.close();
    await database.drop();
  });

  async function claim() {
    const claimed = await store.claim(mailing, terms);
    if (claimed.kind !== 'range') throw new Error(`no range: ${claimed.kind}`);
    return claimed;
  }

  /** As a worker does: again and again. */
  async function persist<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
    const startedAt = performance.now();
    const result = await waitFor(async () => ({ value: await work() }), {
      timeoutMs: mostMs,
      everyMs: 50,
      what: 'an answer of the ledger',
    });
    return { result: result.value, tookMs: performance.now() - startedAt };
  }

  it('claims, marks, writes and gives back again within 30 s, and its old leases are free', async () => {
    const held = await claim();
    await store.mark(held.hold, held.messages[0]!.id);
    await Promise.all(Array.from({ length: 4 }, () => store.countWorkers()));
    proxy.silence();
    const startedAt = performance.now();
    const settled = {
      rangeId: held.hold.rangeId,
      messageId: held.messages[0]!.id,
      event: null,
      status: 'sent',
    } as const;
    const [claimed] = await Promise.all([
      persist(claim),
      persist(() => store.settle([settled])),
      persist(() => store.renew([held.hold], 30_000)),
    ]);
    expect(performance.now() - startedAt, 'one time-out, not one for each connection').to.be.below(15_000);
    expect(held.lost.aborted, 'the session that was silent vouches for nothing').to.equal(true);
    expect(claimed.result.hold.workerId).not.to.equal(held.hold.workerId);
    expect(await database.query('SELECT status FROM messages WHERE id = $1', [settled.messageId])).to.deep.equal([
      { status: 'sent' },
    ]);
    expect(await store.countWorkers(), 'PostgreSQL ended the session of before').to.equal(1);
    const ids = new Set<number>();
    for (let n = 0; n < 2; n++) ids.add((await claim()).hold.rangeId);
    ids.add(claimed.result.hold.rangeId);
    expect([...ids], 'every range').to.include(held.hold.rangeId);
  });

  it('says that it is not ready while its statements wait, whichever connection is silent', async () => {
    await claim();
    expect(await store.look()).to.equal(undefined);
    proxy.silence();
    const written = store.countWorkers().catch(() => {});
    const claimed = claim().catch(() => {});
    const told = await waitFor(() => store.look(), { timeoutMs: 7_500, everyMs: 50, what: 'the silence' });
    expect(told).to.match(/^has not answered for \d+ s$/);
    await Promise.all([written, claimed]);
    await persist(claim);
    expect(await store.look()).to.equal(undefined);
  });

  it('notices that PostgreSQL has done what took long, and that the answer was lost', async () => {
    await database.query(`INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
      VALUES (clock_timestamp() - interval '1 s', clock_timestamp() + interval '1 hour', 'hello', false, false)`);
    proxy.silence();
    const { result } = await persist(() => store.start(mailing + 1));
    expect(result).to.include({ kind: 'started', audience: 3_000 });
  });

  it('undoes a transaction whose worker fell silent in the midst of it', async () => {
    const held = await claim();
    const busy = { event: 'busy', attempt: 1, httpStatus: 503, code: null, latencyMs: 1, detail: 'HTTP 503' } as const;
    const retry = { status: 'pending', attempts: 1, dueInMs: 60_000, outcome: 'busy', event: busy } as const;
    const settlement = { rangeId: held.hold.rangeId, messageId: held.messages[0]!.id, ...retry };
    proxy.silenceAfter('BEGIN');
    const { tookMs } = await persist(() => store.settle([settlement]));
    expect(tookMs).to.be.below(mostMs);
    expect(await database.query('SELECT count(*)::int AS events FROM message_events')).to.deep.equal([{ events: 1 }]);
    expect(await isMigrated(database.url)).to.equal(true);
  });
});
