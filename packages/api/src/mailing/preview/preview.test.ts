import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

describe('previewing a mailing', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    for (const name of ['vip', 'new']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
    await addClients(20, { timezone: 'UTC', tag: 1, code: 1 });
    await addClients(10, { timezone: '+12:00', tag: 1, code: 2 });
    await addClients(5, { timezone: 'UTC', tag: 2, code: 2 });
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM providers; TRUNCATE mailings CASCADE'));

  const addClients = (count: number, { timezone, tag, code }: { timezone: string; tag: number; code: number }) =>
    api.query(
      `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
       SELECT 79000000000 + n, $2, $3, $4 FROM generate_series(1, $1::int) n`,
      [count, timezone, tag, code],
    );
  const mailing = {
    tags: [] as string[],
    codes: [] as string[],
    start_notification_date: '2099-01-01T10:00:00Z',
    end_notification_date: '2099-01-01T11:00:00Z',
    text: 'hello',
  };
  const preview = (change: object = {}, headers = {}) =>
    api.rest('POST', '/mailing/preview/', { ...mailing, ...change }, headers);

  it('tells whom it reaches, by tag and code, with a sample', async () => {
    const { status, body } = await preview();
    expect(status).to.equal(200);
    expect(body).to.deep.include({
      audience: 35,
      by_tag: [
        { name: 'vip', clients: 30 },
        { name: 'new', clients: 5 },
      ],
      by_code: [
        { code: '900', clients: 20 },
        { code: '901', clients: 15 },
      ],
    });
    expect(body.sample).to.have.length(10);
    expect(body.sample[0]).to.deep.equal({ id: 1, phone_number: '79000000001', timezone: 'UTC' });
  });

  it('picks as the start does: tags or-ed, codes or-ed, the two and-ed', async () => {
    expect((await preview({ tags: ['vip'] })).body.audience).to.equal(30);
    expect((await preview({ tags: ['vip', 'new'], codes: ['901'] })).body.audience).to.equal(15);
    expect((await preview({ tags: ['new'], codes: ['900'] })).body).to.deep.include({
      audience: 0,
      sample: [],
      by_tag: [],
    });
  });

  it('shows no client to whom clients are not shown', async () => {
    const ids = await api.query<{ id: number }>(`SELECT id FROM permissions WHERE codename = 'add_mailing'`);
    const user_permissions = ids.map(({ id }) => id);
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret', user_permissions });
    const { body } = await preview({}, { authorization: api.basic('ivan', 'secret') });
    expect(body).to.deep.include({ audience: 35, sample: [] });
  });

  for (const [what, text, sms] of [
    ['one part of GSM-7', 'a'.repeat(160), { encoding: 'GSM-7', characters: 160, parts: 1 }],
    ['two parts of GSM-7', 'a'.repeat(161), { encoding: 'GSM-7', characters: 161, parts: 2 }],
    ['characters that count two', '€'.repeat(81), { encoding: 'GSM-7', characters: 162, parts: 2 }],
    [
      'an escape that must not be torn',
      `${'a'.repeat(152)}€${'a'.repeat(152)}`,
      { encoding: 'GSM-7', characters: 306, parts: 3 },
    ],
    ['one part of Cyrillic', 'я'.repeat(70), { encoding: 'UCS-2', characters: 70, parts: 1 }],
    ['two parts of Cyrillic', 'я'.repeat(71), { encoding: 'UCS-2', characters: 71, parts: 2 }],
    [
      'an emoji that must not be torn',
      `${'я'.repeat(66)}😀${'я'.repeat(66)}`,
      { encoding: 'UCS-2', characters: 134, parts: 3 },
    ],
  ] as const) {
    it(`counts the parts of a text: ${what}`, async () => {
      const { body } = await preview({ text });
      expect(body.sms).to.deep.equal({ ...sms, total_parts: sms.parts * 35 });
    });
  }

  describe('the time it takes', () => {
    it('is unknown when no rate is known', async () => {
      const { body } = await preview();
      expect(body).to.include({ per_second: null, rate_from: 'none', seconds: null, finishes_at: null, misses: 0 });
    });

    it('follows the lower of the mailing’s and the provider’s limit', async () => {
      await api.query(`INSERT INTO providers (name, per_second) VALUES ('sms', 7)`);
      expect((await preview()).body).to.include({
        ...{ per_second: 7, rate_from: 'provider', seconds: 5, finishes_at: '2099-01-01T10:00:05Z' },
      });
      expect((await preview({ send_per_second: 1 })).body).to.include({ rate_from: 'mailing', seconds: 35 });
      expect((await preview({ send_per_second: 100 })).body).to.include({ rate_from: 'provider', seconds: 5 });
    });

    it('follows what the last mailing reached, where there is no limit', async () => {
      await api.query(`WITH m AS (
          INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at)
          VALUES (now() - interval '1 day', now(), 'x', false, false, 'completed', now() - interval '100 s', now()) RETURNING id)
        INSERT INTO ranges (first_id, last_id, mailing_id, done, sent) SELECT 1, 500, id, true, 500 FROM m`);
      expect((await preview()).body).to.include({ per_second: 5, rate_from: 'last_mailing', seconds: 7 });
    });

    it('tells how many miss the end', async () => {
      const end_notification_date = '2099-01-01T10:00:10Z';
      expect((await preview({ end_notification_date, send_per_second: 2 })).body).to.include({
        misses: 15,
        seconds: 10,
      });
      const past = { start_notification_date: '2001-01-01T10:00:00Z', end_notification_date: '2001-01-01T11:00:00Z' };
      expect((await preview({ ...past, send_per_second: 2 })).body).to.include({
        misses: 35,
        misses_window: 0,
        seconds: null,
      });
    });

    it('waits for windows, and counts whose window opens at no time before the end', async () => {
      const window = { send_window_start: '10:30', send_window_end: '10:45', send_per_second: 1 };
      const { body } = await preview(window);
      expect(body).to.include({ seconds: 30 * 60 + 25, misses: 10, misses_window: 10 });
      const long = { ...window, end_notification_date: '2099-01-02T11:00:00Z' };
      expect((await preview(long)).body).to.include({ misses: 0, misses_window: 0, seconds: (12 * 60 + 30) * 60 + 10 });
    });
  });

  it('of one that is stored tells the same, and nobody for one whose last tag was deleted', async () => {
    await api.rest('POST', '/tags/', { name: 'gone' });
    const { body: stored } = await api.rest('POST', '/mailing/', { ...mailing, tags: ['vip'], send_per_second: 3 });
    const { body } = await api.rest('GET', `/mailing/${stored.id}/preview/`);
    expect(body).to.deep.equal((await preview({ tags: ['vip'], send_per_second: 3 })).body);
    const { body: lost } = await api.rest('POST', '/mailing/', { ...mailing, tags: ['gone'] });
    await api.query(`DELETE FROM tags WHERE name = 'gone'`);
    expect((await api.rest('GET', `/mailing/${lost.id}/preview/`)).body.audience).to.equal(0);
    expect((await api.rest('GET', '/mailing/999/preview/')).status).to.equal(404);
  });

  it('is refused for what a creation is refused for, and creates nothing', async () => {
    for (const [change, field] of [
      [{ tags: ['x'] }, 'tags'],
      [{ text: '' }, 'text'],
      [{ end_notification_date: mailing.start_notification_date }, 'end_notification_date'],
      [{ send_window_start: '09:00' }, 'send_window_end'],
    ] as const) {
      const { status, body } = await preview(change);
      expect(status).to.equal(400);
      expect(body).to.have.all.keys(field);
    }
    expect(await api.query('SELECT 1 FROM mailings')).to.have.length(0);
  });
});
