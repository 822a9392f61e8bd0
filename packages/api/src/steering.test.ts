import { request as httpRequest } from 'node:http';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

/** More than the ten connections that a server has for everything else. */
const slowReaders = 14;

describe('steering beside slow reads', function () {
  this.timeout(60_000);
  let api: TestApi;
  let mailing: number;
  async function start(readTimeoutMs: number) {
    api = await startApi({}, { readTimeoutMs });
    const [row] = await api.query<{ id: string }>(`
      INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
      VALUES (now() + '1 h', now() + '2 h', 'x', false, false) RETURNING id`);
    mailing = Number(row!.id);
    await api.rest('GET', '/auth/me/');
  }
  afterEach(() => api.stop());

  /** Locks a table for some seconds. The promise of an object: until it is locked; its member: until it is not. */
  async function lock(seconds: number, table = 'tags'): Promise<{ released: Promise<unknown> }> {
    const statements = `BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(${seconds}); COMMIT`;
    const released = api.query(statements);
    const held = `SELECT FROM pg_locks
      WHERE relation = '${table}'::regclass AND mode = 'AccessExclusiveLock' AND granted`;
    await waitFor(async () => (await api.query(held)).length === 1);
    return { released };
  }
  const waiting = async () =>
    (
      await api.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'tags|clients'`,
      )
    ).map(({ pid }) => pid);

  it('pauses, resumes and tells of the provider at once, also for a caller whom nobody has seen before', async () => {
    await start(20_000);
    // A mailing has tags, so these must be free.
    const { released } = await lock(8, 'clients');
    const reads = Array.from({ length: slowReaders }, () => api.rest('GET', '/clients/'));
    await waitFor(async () => (await waiting()).length === 10);
    await api.query('SELECT pg_sleep(1.1)'); // whoever called before is forgotten
    const startedAt = performance.now();
    expect((await api.rest('POST', `/mailing/${mailing}/pause/`)).body.status).to.equal('paused');
    expect((await api.trpc.mailing.resume.mutate({ id: mailing })).status).to.equal('scheduled');
    expect((await api.rest('PATCH', `/mailing/${mailing}/`, { text: 'y' })).status).to.equal(200);
    expect((await api.rest('GET', '/provider/')).status).to.equal(200);
    expect(performance.now() - startedAt).to.be.below(5_000);
    for (const { status } of await Promise.all(reads)) expect(status).to.equal(200);
    await released;
  });

  it('ends a read that takes too long with 503, cancels its statement, and serves the next one', async () => {
    await start(3_000);
    const { released } = await lock(10);
    const startedAt = performance.now();
    const reads = Array.from({ length: slowReaders }, () => api.rest('GET', '/tags/'));
    for (const { status, headers, body } of await Promise.all(reads)) {
      expect(status).to.equal(503);
      expect(headers.get('x-error-code')).to.equal('server.too_slow');
      expect(headers.get('retry-after')).to.equal('10');
      expect(body.detail).to.contain('took too long');
    }
    expect(performance.now() - startedAt).to.be.within(2_900, 8_000);
    await waitFor(async () => (await waiting()).length === 0, { timeoutMs: 2_000 });
    expect((await api.rest('GET', '/codes/')).status).to.equal(200);
    await released;
    expect((await api.rest('GET', '/tags/')).status).to.equal(200);
  });

  it('lets a write take longer than a read may', async () => {
    await start(2_000);
    const { released } = await lock(4);
    expect((await api.rest('POST', '/tags/', { name: 'slow' })).status).to.equal(201);
    await released;
  });

  it('cancels what a caller who hung up was reading, and lets others read on', async () => {
    await start(20_000);
    const { released } = await lock(2);
    const caller = httpRequest(`${api.origin}/api/v1/tags/`, { headers: { authorization: api.basic('admin', 'pw') } });
    caller.on('error', () => {});
    caller.end();
    await waitFor(async () => (await waiting()).length === 1);
    const other = api.rest('GET', '/tags/');
    await waitFor(async () => (await waiting()).length === 2);
    const before = await waiting();
    caller.destroy();
    await waitFor(async () => (await waiting()).length === 1, { timeoutMs: 1_000 });
    expect(before).to.include.members(await waiting());
    expect((await other).status).to.equal(200);
    await released;
  });
});
