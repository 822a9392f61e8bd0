import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';
import { createRunningMailings } from '../running.suite.js';

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
  afterEach(() => api.query('DELETE FROM providers; TRUNCATE mailings CASCADE; DELETE FROM clients WHERE id > 35'));

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

  /** Of a mailing whose end came long ago: one that is not there yet is refused for that. */
  async function previewPast(change: object) {
    const { body } = await api.rest('POST', '/mailing/', { ...mailing, ...change });
    const times = `start_at = '2001-01-01T10:00:00Z', end_at = '2001-01-01T11:00:00Z'`;
    await api.query(`UPDATE mailings SET ${times} WHERE id = ${body.id}`);
    return api.rest('GET', `/mailing/${body.id}/preview/`);
  }

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

  it('counts the old numbers that nobody will be asked for, among those it picks', async () => {
    await api.query(`INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      VALUES ('07700900123', 'UTC', 1, 1), ('+7900', 'UTC', 1, 2), ('', 'UTC', 2, 2)`);
    expect((await preview()).body).to.include({ audience: 38, bad_numbers: 3 });
    expect((await preview({ tags: ['vip'] })).body).to.include({ audience: 32, bad_numbers: 2 });
    expect((await preview({ tags: ['vip'], codes: ['900'] })).body).to.include({ audience: 21, bad_numbers: 1 });
    await api.query('DELETE FROM clients WHERE id > 35');
    expect((await preview()).body).to.include({ bad_numbers: 0 });
  });

  describe('to clients whose time zones are older than the list', () => {
    const window = { send_window_start: '10:00', send_window_end: '20:00' };
    beforeEach(async () => {
      for (const [timezone, count] of [
        ['IST', 3],
        ['EST', 1],
        ['AET', 2],
        ['CET', 4],
        ['Mars/Base', 2],
        ['UTC+3', 1],
      ] as const) {
        await addClients(count, { timezone, tag: 1, code: 1 });
      }
    });

    it('counts them, and warns of each name when there is a window', async () => {
      const { body } = await preview({ ...window, end_notification_date: '2099-01-05T11:00:00Z' });
      expect(body).to.include({ audience: 48, bad_timezones: 3, ambiguous_timezones: 6, misses: 0 });
      expect(body.warnings).to.deep.equal([
        '"Mars/Base" is not a known time zone. 2 clients have it, and their messages will be canceled.',
        '"UTC+3" is not a known time zone. 1 client has it, and their messages will be canceled.',
        '"IST" is ambiguous: use Asia/Jerusalem, Asia/Kolkata or Europe/Dublin. 3 clients have it, and it is read as UTC+02:00.',
        '"AET" is an abbreviation, not an IANA time zone: use Australia/Sydney. 2 clients have it, and it is read as Australia/Sydney.',
        '"EST" is ambiguous: use America/New_York or America/Panama. 1 client has it, and it is read as UTC-05:00.',
      ]);
      expect((await preview({ ...window, tags: ['new'] })).body).to.include({
        bad_timezones: 0,
        ambiguous_timezones: 0,
      });
    });

    it('counts them without a window, too, where nobody’s hours matter', async () => {
      const { body } = await preview();
      expect(body).to.deep.include({ bad_timezones: 3, ambiguous_timezones: 6, warnings: [], misses: 0 });
    });

    it('names the five most frequent, and counts the others', async () => {
      await api.query(`INSERT INTO clients (phone_number, timezone, tag_id, code_id)
        SELECT 1, 'Nowhere/' || chr(64 + n), 1, 1 FROM generate_series(1, 20) n`);
      const { warnings } = (await preview(window)).body;
      expect(warnings).to.have.length(5 + 1 + 3);
      expect(warnings[5]).to.equal('17 more clients have other such time zones.');
    });

    it('says afterwards why nobody wrote to them', async () => {
      const running = await createRunningMailings(api);
      const id = await running.start({ send_window_start: '00:00', send_window_end: '23:59' });
      const { results } = (await api.rest('GET', `/messages/?mailing_list=${id}&status=canceled`)).body;
      expect(results).to.have.length(3);
      const { body } = await api.rest('GET', `/messages/${results[0].id}/`);
      expect(body).to.include({ reason: 'bad_timezone', due_at: null });
      expect(body.explanation).to.match(/time zone was unknown. Correct it with PATCH/);
      expect(body.events.at(-1)).to.include({ event: 'canceled', detail: 'The time zone "Mars/Base" is unknown.' });
      await running.close();
    });
  });

  it('tells of the very clients that the start makes messages for', async () => {
    const running = await createRunningMailings(api);
    for (const tags of [[], ['vip'], ['new'], ['vip', 'new']]) {
      for (const codes of [[], ['900'], ['901'], ['900', '901']]) {
        const { body } = await preview({ tags, codes });
        const id = await running.start({ tags, codes });
        const messages = await api.query<{ client: number }>(
          'SELECT client_id::int AS client FROM messages WHERE mailing_id = $1 ORDER BY id',
          [id],
        );
        expect(body.audience).to.equal(messages.length);
        expect(body.sample.map((client: { id: number }) => client.id)).to.deep.equal(
          messages.slice(0, 10).map(({ client }) => client),
        );
      }
    }
    await running.close();
  });

  it('shows no client to whom clients are not shown', async () => {
    const ids = await api.query<{ id: number }>(`SELECT id FROM permissions WHERE codename = 'add_mailing'`);
    const user_permissions = ids.map(({ id }) => id);
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret', user_permissions });
    const asIvan = { authorization: api.basic('ivan', 'secret') };
    expect((await preview({}, asIvan)).body).to.deep.include({ audience: 35, sample: [] });
    await api.query(`INSERT INTO user_permissions (user_id, permission_id)
      SELECT u.id, p.id FROM users u, permissions p WHERE username = 'ivan' AND codename = 'view_client'`);
    await api.forgetCallers();
    expect((await preview({}, asIvan)).body.sample).to.have.length(10);
  });

  it('tells in how many parts a text goes to one, and to all', async () => {
    expect((await preview({ text: 'я'.repeat(71) })).body.sms).to.deep.equal({
      ...{ encoding: 'UCS-2', characters: 71, parts: 2, total_parts: 70 },
    });
  });

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

    const addFinished = (sent: number, seconds: number, finishedAgo: number, deleted = false) =>
      api.query(
        `WITH m AS (
           INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at, deleted_at,
             first_message_id, last_message_id)
           SELECT finished_at - $2 * interval '1 s', finished_at, 'x', false, false, 'completed',
             finished_at - $2 * interval '1 s', finished_at, CASE WHEN $4 THEN now() END, first_id, first_id + $1 - 1
           FROM (SELECT now() - $3 * interval '1 s' AS finished_at, nextval('message_ids') * 1000 AS first_id) AS f
           RETURNING id, first_message_id, last_message_id)
         INSERT INTO ranges (first_id, last_id, mailing_id, done, sent)
         SELECT first_message_id, last_message_id, id, true, $1 FROM m`,
        [sent, seconds, finishedAgo, deleted],
      );

    it('follows what the last mailing reached, where there is no limit', async () => {
      await addFinished(500, 100, 60);
      await addFinished(900, 100, 120);
      expect((await preview()).body).to.include({ per_second: 5, rate_from: 'last_mailing', seconds: 7 });
    });

    it('asks no mailing that sent little, or is deleted, how fast it was', async () => {
      await addFinished(500, 100, 3_600);
      for (const n of Array(25).keys()) await addFinished(99, 1, n);
      await addFinished(500, 10, 0, true);
      expect((await preview()).body).to.include({ per_second: 5, rate_from: 'last_mailing' });
    });

    it('tells how many miss the end', async () => {
      const end_notification_date = '2099-01-01T10:00:10Z';
      expect((await preview({ end_notification_date, send_per_second: 2 })).body).to.include({
        misses: 15,
        seconds: 10,
      });
      expect((await previewPast({ send_per_second: 2 })).body).to.include({
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

    it('reckons with the windows of each zone, and with clocks that are set forward meanwhile', async () => {
      // On 29 March 2099 Berlin's clocks go from 02:00 to 03:00: its window opens at 08:00 UTC on Saturday, 07:00 on Sunday.
      await addClients(3_600, { timezone: 'Europe/Berlin', tag: 2, code: 1 });
      await addClients(1_800, { timezone: 'Asia/Tokyo', tag: 2, code: 1 });
      const { body } = await preview({
        ...{ tags: ['new'], codes: ['900'], send_per_second: 1 },
        ...{ send_window_start: '09:00', send_window_end: '09:30' },
        ...{ start_notification_date: '2099-03-28T00:00:00Z', end_notification_date: '2099-03-29T07:20:00Z' },
      });
      // Tokyo's window, from 00:00 to 00:30 UTC, suffices for all of its clients; Berlin's for 1,800 and 1,200.
      expect(body).to.include({ misses: 600, misses_window: 0, finishes_at: '2099-03-29T07:20:00Z' });
    });

    it('counts whom no rate would help when no rate is known', async () => {
      const window = { send_window_start: '10:30', send_window_end: '10:45' };
      expect((await preview(window)).body).to.include({ rate_from: 'none', misses: 10, misses_window: 10 });
      expect((await previewPast({})).body).to.include({ rate_from: 'none', misses: 35, misses_window: 0 });
      expect((await previewPast(window)).body).to.include({ misses: 35, misses_window: 35 });
    });

    it('is known for months of windows, too', async () => {
      const slow = { send_window_start: '10:00', send_window_end: '10:01', send_per_second: 1 };
      await addClients(3_000, { timezone: 'UTC', tag: 2, code: 1 });
      const end_notification_date = '2100-01-01T10:00:00Z';
      const { body } = await preview({ ...slow, tags: ['new'], end_notification_date });
      // 3005 clients, 60 a day: 50 days, and 5 clients on the next.
      expect(body).to.include({ misses: 0, finishes_at: '2099-02-20T10:00:05Z', seconds: 50 * 86_400 + 5 });
    });

    it('is not beyond the last moment there is', async () => {
      const last = {
        start_notification_date: '9999-12-31T23:59:50Z',
        end_notification_date: '9999-12-31T23:59:59.999999Z',
      };
      for (const window of [{}, { send_window_start: '22:00', send_window_end: '02:00' }]) {
        const { status, body } = await preview({ ...last, ...window, codes: ['900'], send_per_second: 1 });
        expect(status).to.equal(200);
        expect(body).to.include({ misses: 10, seconds: 10, finishes_at: '9999-12-31T23:59:59.999000Z' });
      }
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

  it('of one that has started tells of who matches by now, and how long those take that it began with', async () => {
    const running = await createRunningMailings(api);
    const id = await running.start({ tags: ['new'], send_per_second: 2 });
    await running.close();
    const read = async () => (await api.rest('GET', `/mailing/${id}/preview/`)).body;
    expect(await read()).to.include({ audience: 5, left: 5, seconds: 3 });
    await addClients(3, { timezone: 'UTC', tag: 2, code: 1 });
    const later = await read();
    expect(later).to.include({ audience: 8, left: 5, seconds: 3 });
    expect(new Date(later.finishes_at).getTime()).to.be.within(Date.now(), Date.now() + 5_000);
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
