import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const none = { total: 0, pending: 0, sent: 0, failed: 0, expired: 0, canceled: 0, unknown: 0 };

describe('statistic and messages', () => {
  let api: TestApi;
  let mailing: number;
  let other: number;

  /** A mailing of six messages, ids 1 to 6, one of each end, and a scheduled one without any. */
  before(async () => {
    api = await startApi();
    await api.query(`INSERT INTO tags (name) VALUES ('vip'), ('new')`);
    await api.query(`INSERT INTO codes (code) VALUES ('900')`);
    await api.query(`INSERT INTO clients (phone_number, timezone, code_id, tag_id)
      SELECT n, 'UTC', (SELECT id FROM codes), (SELECT min(id) FROM tags) + n % 2 FROM generate_series(1, 6) AS n`);
    const dates = { start_notification_date: '2026-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
    const body = { ...dates, text: 'hello', tags: [], codes: [] };
    mailing = (await api.rest('POST', '/mailing/', body)).body.id;
    other = (await api.rest('POST', '/mailing/', body)).body.id;
    await api.query(
      `INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
      SELECT n, $1, n, (enum_range(NULL::message_status))[n],
        CASE n WHEN 2 THEN timestamptz '2026-01-01 10:00:30Z' END FROM generate_series(1, 6) AS n`,
      [mailing],
    );
    await api.query(
      `INSERT INTO ranges (mailing_id, first_id, last_id, sent, failed, expired, canceled, unknown)
      VALUES ($1, 1, 3, 1, 1, 0, 0, 0), ($1, 4, 6, 0, 0, 1, 1, 1)`,
      [mailing],
    );
    await api.query(`UPDATE mailings SET status = 'running', first_message_id = 1, last_message_id = 6 WHERE id = $1`, [
      mailing,
    ]);
  });
  after(() => api.stop());

  const counts = { total: 6, pending: 1, sent: 1, failed: 1, expired: 1, canceled: 1, unknown: 1 };

  it('counts all mailings', async () => {
    const { body } = await api.rest('GET', '/statistic/');
    expect(body).to.deep.include({ mailings: 2, clients: 6, messages: counts });
    expect(body.results).to.deep.equal([
      {
        id: mailing,
        status: 'running',
        start_notification_date: '2026-01-01T10:00:00Z',
        end_notification_date: '2099-01-01T10:00:00Z',
        text: 'hello',
        messages: counts,
      },
      { ...body.results[1], id: other, status: 'scheduled', messages: none },
    ]);
  });

  it('takes page and limit', async () => {
    const { body } = await api.rest('GET', '/statistic/?limit=1&page=2');
    expect(body.mailings).to.equal(2);
    expect(body.results.map(({ id }: { id: number }) => id)).to.deep.equal([other]);
    expect((await api.rest('GET', '/statistic/?limit=1&page=3')).status).to.equal(404);
  });

  it('counts one mailing by tag, code and minute', async () => {
    const { body } = await api.rest('GET', `/statistic/${mailing}/`);
    expect(body).to.deep.include({ id: mailing, messages: counts });
    expect(body.by_tag).to.deep.equal([
      { name: 'new', messages: { ...none, total: 3, pending: 1, failed: 1, canceled: 1 } },
      { name: 'vip', messages: { ...none, total: 3, sent: 1, expired: 1, unknown: 1 } },
    ]);
    expect(body.by_code).to.deep.equal([{ code: '900', messages: counts }]);
    expect(body.first_sent).to.equal('2026-01-01T10:00:30Z');
    expect(body.last_sent).to.equal('2026-01-01T10:00:30Z');
    expect(body.per_minute).to.deep.equal([{ minute: '2026-01-01T10:00:00Z', sent: 1 }]);
  });

  it('has nothing to say about a mailing without messages but its zeros', async () => {
    const { body } = await api.rest('GET', `/statistic/${other}/`);
    expect(body).to.deep.include({
      messages: none,
      by_tag: [],
      by_code: [],
      first_sent: null,
      last_sent: null,
      per_minute: [],
    });
  });

  it('answers 404 for a mailing that is not there', async () => {
    for (const id of ['999999', 'abc']) expect((await api.rest('GET', `/statistic/${id}/`)).status).to.equal(404);
  });

  it('lists messages, with the date they were sent', async () => {
    const { body } = await api.rest('GET', '/messages/?limit=2');
    expect(body).to.deep.equal({
      count: 6,
      next: `${api.origin}/api/v1/messages/?limit=2&page=2`,
      previous: null,
      results: [
        { id: 1, send_date: null, status: 'pending', mailing_list: mailing, client: 1 },
        { id: 2, send_date: '2026-01-01T10:00:30Z', status: 'sent', mailing_list: mailing, client: 2 },
      ],
    });
  });

  for (const [query, ids] of [
    ['status=failed', [3]],
    ['client=5', [5]],
    ['client=5&status=sent', []],
    ['client=99', []],
    ['mailing_list=MAILING', [1, 2, 3, 4, 5, 6]],
    ['mailing_list=OTHER', []],
    ['mailing_list=&status=', [1, 2, 3, 4, 5, 6]],
  ] as const) {
    it(`lists messages by ${query}`, async () => {
      const filter = query.replace('MAILING', String(mailing)).replace('OTHER', String(other));
      const { body } = await api.rest('GET', `/messages/?${filter}`);
      expect(body.results.map(({ id }: { id: number }) => id)).to.deep.equal(ids);
      expect(body.count).to.equal(ids.length);
    });
  }

  it('refuses a status that does not exist', async () => {
    const { status, body } = await api.rest('GET', '/messages/?status=lost');
    expect(status).to.equal(400);
    expect(body).to.have.keys('status');
  });

  it('does not let anybody write messages', async () => {
    const { status, headers, body } = await api.rest('POST', '/messages/', {});
    expect(status).to.equal(405);
    expect(body).to.deep.equal({ detail: 'Method "POST" not allowed.' });
    expect(headers.get('allow')).to.equal('GET, HEAD, OPTIONS');
  });
});
