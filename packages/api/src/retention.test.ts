import { readLedgerStand, tidyLedger } from '@showroom/database';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';
import { createRunningMailings } from './mailing/running.suite.js';

/** Seen from outside: what is gone, and what stays as it was. */
describe('what is kept for a while only', () => {
  let api: TestApi;
  let mailings: Awaited<ReturnType<typeof createRunningMailings>>;
  let old: number;
  let recent: number;
  const forEver = { messagesDays: null, eventsDays: null, auditDays: null };
  const never = new AbortController().signal;
  const counts = { total: 3, pending: 0, sent: 1, failed: 1, expired: 0, canceled: 0, unknown: 1 };

  before(async () => {
    api = await startApi();
    mailings = await createRunningMailings(api);
    await api.query(`INSERT INTO tags (name) VALUES ('vip')`);
    await api.query(`INSERT INTO codes (code) VALUES ('900')`);
    await api.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id) SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, 3) n`,
    );
    const end = async () => {
      const id = await mailings.start();
      await mailings.settle(id, ['sent', 'failed', 'unknown']);
      await mailings.store.finish(id);
      return id;
    };
    old = await end();
    recent = await end();
    await api.query(`UPDATE mailings SET finished_at = finished_at - interval '40 days' WHERE id = $1`, [old]);
    await api.query(`UPDATE message_events SET at = at - interval '40 days'
      WHERE message_id IN (SELECT id FROM messages WHERE mailing_id = ${old})`);
  });
  after(async () => {
    await mailings.close();
    await api.stop();
  });

  const tidy = (retention: object) => tidyLedger(api.database, { ...forEver, ...retention }, never);
  const listed = async (query: string) => (await api.rest('GET', `/messages/?${query}`)).body.count;
  const statistic = async (id: number) => (await api.rest('GET', `/statistic/${id}/`)).body;

  it('is everything, for ever, unless it is said otherwise', async () => {
    expect(await tidy({})).to.deep.equal({ mailings: 0, messages: 0, events: 0, audit: 0 });
    expect(await tidy({ messagesDays: 41, eventsDays: 41, auditDays: 1 })).to.deep.equal({
      mailings: 0,
      messages: 0,
      events: 0,
      audit: 0,
    });
  });

  it('loses events by their age', async () => {
    expect(await tidy({ eventsDays: 30 })).to.include({ events: 2, messages: 0 });
    expect(await listed('')).to.equal(6);
  });

  it('loses the messages of mailings that ended long ago, and keeps what became of them', async () => {
    const before = { one: await statistic(old), all: (await api.rest('GET', '/statistic/')).body };
    const stand = await readLedgerStand(api.database);
    const [message] = (await api.rest('GET', `/messages/?mailing_list=${old}`)).body.results;

    expect(await tidy({ messagesDays: 30 })).to.deep.equal({ mailings: 1, messages: 3, events: 0, audit: 0 });

    expect(before.one.messages).to.deep.equal(counts);
    expect(await statistic(old)).to.deep.equal(before.one);
    expect((await api.rest('GET', '/statistic/')).body).to.deep.equal(before.all);
    expect(await readLedgerStand(api.database)).to.deep.equal(stand);
    expect(await listed('')).to.equal(3);
    expect(await listed(`mailing_list=${old}`)).to.equal(0);
    expect(await listed(`mailing_list=${recent}`)).to.equal(3);
    expect(await listed(`client=1`)).to.equal(1);
    expect((await api.rest('GET', `/messages/${message.id}/`)).status).to.equal(404);
    const left = await api.query(`SELECT (SELECT count(*)::int FROM messages WHERE mailing_id = ${old}) AS messages,
      (SELECT count(*)::int FROM ranges WHERE mailing_id = ${old}) AS ranges`);
    expect(left).to.deep.equal([{ messages: 0, ranges: 0 }]);
    expect(await tidy({ messagesDays: 30 })).to.deep.equal({ mailings: 0, messages: 0, events: 0, audit: 0 });
  });

  it('explains that nobody can tell any more', async () => {
    const { body } = await api.rest('GET', `/mailing/${old}/explain/?client=1`);
    expect(body).to.deep.include({ in_audience: null, because: 'messages_removed', message: null });
  });

  it('does not send again what is gone, nor settle it', async () => {
    for (const [path, body] of [
      ['retry', undefined],
      ['resolve', { as: 'sent' }],
      ['resolve', { as: 'retry' }],
    ] as const) {
      const answer = await api.rest('POST', `/mailing/${old}/${path}/`, body);
      expect(answer.status, path).to.equal(409);
      expect(answer.body.detail).to.contain('Its messages were removed');
    }
    expect(await statistic(old)).to.have.deep.property('messages', counts);
  });

  it('lets a mailing be deleted whose messages are gone', async () => {
    expect((await api.rest('DELETE', `/mailing/${old}/`)).status).to.equal(204);
    expect(await mailings.store.purge(old)).to.equal(true);
    expect(await api.query(`SELECT FROM mailing_counts WHERE mailing_id = ${old}`)).to.deep.equal([]);
  });

  it('goes on where it was stopped: one that was marked is removed the next time', async () => {
    await api.query(`UPDATE mailings SET finished_at = finished_at - interval '40 days' WHERE id = $1`, [recent]);
    const stopped = AbortSignal.abort();
    expect(await tidyLedger(api.database, { ...forEver, messagesDays: 30 }, stopped)).to.include({ mailings: 0 });
    const kept = await statistic(recent);
    await api.query(`UPDATE mailings SET purged_at = clock_timestamp() WHERE id = ${recent}`);
    expect(await listed('')).to.equal(0);
    expect(await tidy({ messagesDays: 30 })).to.include({ mailings: 0, messages: 3 });
    expect(await statistic(recent)).to.deep.equal(kept);
  });

  it('leaves a mailing alone that somebody works on just now', async () => {
    const id = await mailings.start();
    await mailings.settle(id, ['sent', 'sent', 'sent']);
    await mailings.store.finish(id);
    await api.query(`UPDATE mailings SET finished_at = finished_at - interval '40 days' WHERE id = $1`, [id]);
    await api.database.transaction(async (transaction) => {
      await api.database.sql('SELECT FROM mailings WHERE id = $1 FOR UPDATE', [id], transaction);
      expect(await tidy({ messagesDays: 30 })).to.include({ mailings: 0, messages: 0 });
    });
    expect(await tidy({ messagesDays: 30 })).to.include({ mailings: 1, messages: 3 });
  });

  it('loses audit entries by their age, in batches', async () => {
    await api.query(`INSERT INTO audit (at, action, username, address, operation, resource)
      SELECT now() - interval '100 days', 'create', 'old', '::1', 'x', 'x' FROM generate_series(1, 12000)`);
    const { count } = (await api.rest('GET', '/audit/')).body;
    expect(await tidy({ auditDays: 90 })).to.include({ audit: 12_000 });
    expect((await api.rest('GET', '/audit/')).body.count).to.equal(count - 12_000);
  });
});
