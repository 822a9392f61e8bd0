import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';
import { createRunningMailings } from '../running.suite.js';

type RunningMailings = Awaited<ReturnType<typeof createRunningMailings>>;

describe('previewing a mailing that has started', function () {
  this.timeout(60_000);
  let api: TestApi;
  let running: RunningMailings;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
    await addClients(2_500, 'UTC');
    await addClients(100, '+12:00');
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  afterEach(() => api.query('DELETE FROM providers; DELETE FROM sending_stop; TRUNCATE mailings CASCADE'));

  const addClients = (count: number, timezone: string) =>
    api.query(
      `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
       SELECT 79000000000 + n, $2, 1, 1 FROM generate_series(1, $1::int) n`,
      [count, timezone],
    );
  const read = async (id: number) => (await api.rest('GET', `/mailing/${id}/preview/`)).body;

  /** Lets the sent messages of a mailing have been sent evenly from so many seconds ago until now. */
  const spread = (id: number, seconds: number) =>
    api.query(
      `UPDATE messages m SET sent_at = clock_timestamp() - $2::float8 * interval '1 s' * n.nth / n.of
       FROM (SELECT id, row_number() OVER (ORDER BY id) AS nth, count(*) OVER () AS of FROM messages
             WHERE mailing_id = $1 AND status = 'sent') n WHERE n.id = m.id`,
      [id, seconds],
    );
  const ends = (count: number, end: 'sent' | 'failed' | 'busy') => Array<typeof end>(count).fill(end);

  it('tells what is left, and when it is sent at the current rate', async () => {
    const id = await running.start();
    expect(await read(id)).to.include({ left: 2_600, rate_from: 'none', seconds: null });
    await running.settle(id, [...ends(800, 'sent'), ...ends(50, 'busy')]);
    await spread(id, 40);
    const preview = await read(id);
    expect(preview).to.include({ audience: 2_600, left: 1_800, rate_from: 'this_mailing', misses: 0 });
    expect(preview.per_second).to.be.closeTo(20, 0.5);
    expect(preview.seconds).to.be.closeTo(90, 3);
    expect(Date.parse(preview.finishes_at)).to.be.closeTo(Date.now() + 90_000, 4_000);
    expect(preview.warnings).to.deep.equal([]);
  });

  it('counts what was refused as done, and what a worker still holds', async () => {
    const id = await running.start();
    await running.settle(id, [...ends(200, 'sent'), ...ends(200, 'failed')]);
    const { hold, messages } = await running.claim(id);
    const settlements = messages.slice(0, 400).map((message) => {
      return { rangeId: hold.rangeId, messageId: message.id, status: 'sent' as const, event: null };
    });
    await running.store.settle(settlements);
    await spread(id, 40);
    await api.query(`UPDATE message_events SET at = clock_timestamp() - interval '40 s' WHERE event = 'refused'`);
    const { left, per_second } = await read(id);
    expect(left).to.equal(1_800);
    expect(per_second).to.be.closeTo(20, 0.5);
  });

  it('looks no further back than a minute, and at no more than the last of many ranges', async () => {
    const id = await running.start();
    await running.settle(id, ends(1_000, 'sent'));
    await running.settle(id, ends(500, 'sent'));
    await spread(id, 150);
    expect((await read(id)).per_second).to.be.closeTo(10, 0.3);

    // 600 ranges of ten, the last ended just now and each a tenth of a second after the one before: 100 a second.
    const at = `clock_timestamp() - (600 - n) * interval '0.1 s'`;
    await api.query(
      `WITH m AS (INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
         SELECT 900000 + n * 10 + k, $1, 1, 'sent', ${at} FROM generate_series(1, 600) n, generate_series(0, 9) k)
       INSERT INTO ranges (first_id, last_id, mailing_id, done, sent, released_at)
       SELECT 900000 + n * 10, 900009 + n * 10, $1, true, 10, ${at} FROM generate_series(1, 600) n`,
      [id],
    );
    await api.query(`UPDATE ranges SET released_at = clock_timestamp() - interval '2 m' WHERE first_id < 900000`);
    expect((await read(id)).per_second).to.be.closeTo(100, 5);
  });

  it('goes by a limit that was lowered meanwhile', async () => {
    const id = await running.start();
    await running.settle(id, ends(600, 'sent'));
    await spread(id, 10);
    expect(await read(id)).to.include({ rate_from: 'this_mailing' });
    await api.rest('PATCH', `/mailing/${id}/`, { send_per_second: 5 });
    expect(await read(id)).to.include({ per_second: 5, rate_from: 'mailing', left: 2_000, seconds: 400 });
    await api.query(`INSERT INTO providers (name, per_second) VALUES ('sms', 4)`);
    expect(await read(id)).to.include({ per_second: 4, rate_from: 'provider', seconds: 500 });
  });

  it('goes by the limit, and says so, while it is paused, stopped or has sent nothing lately', async () => {
    const id = await running.start({ send_per_second: 10 });
    await running.settle(id, ends(600, 'sent'));
    await spread(id, 300);
    const limited = { left: 2_000, per_second: 10, rate_from: 'mailing', seconds: 200 };
    await api.query(`UPDATE messages SET sent_at = sent_at - interval '61 s'`);
    const idle = await read(id);
    expect(idle).to.include(limited);
    expect(idle.warnings).to.have.length(1);
    expect(idle.warnings[0]).to.match(/sent too little within the last minute/);

    await spread(id, 30);
    expect(await read(id)).to.deep.include({ warnings: [] });
    await api.rest('POST', '/sending/stop/', { reason: 'a wrong text' });
    const stopped = await read(id);
    expect(stopped).to.include(limited);
    expect(stopped.warnings).to.have.length(1);
    expect(stopped.warnings[0]).to.match(/^Nothing is sent now\. admin stopped all sending/);
    await api.rest('POST', '/sending/resume/');

    await api.rest('POST', `/mailing/${id}/pause/`);
    const paused = await read(id);
    expect(paused).to.include(limited);
    expect(paused.warnings).to.deep.equal([
      'The mailing is paused. What is left is counted as if it were resumed now.',
    ]);
  });

  it('counts with the windows of those who are left, and with those who miss the end', async () => {
    const from = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const toTime = (hours: number) => from(hours).slice(11, 16);
    // The window is open in UTC now, and opens at +12:00 in eleven hours.
    const id = await running.start({
      ...{ send_window_start: toTime(-1), send_window_end: toTime(2), send_per_second: 1 },
      end_notification_date: from(10),
    });
    const preview = await read(id);
    // Those at +12:00 are expired from the start, for their window does not open before the end.
    expect(preview).to.include({ left: 2_500, seconds: 2_500, misses: 0 });
    await api.query(`UPDATE mailings SET end_at = clock_timestamp() + interval '1000 s' WHERE id = ${id}`);
    expect((await read(id)).misses).to.be.closeTo(1_500, 5);
  });

  it('has nothing left once it has ended', async () => {
    const id = await running.start({ send_per_second: 10 });
    await api.rest('POST', `/mailing/${id}/cancel/`);
    await running.store.finish(id);
    expect(await read(id)).to.include({ audience: 2_600, left: 0, seconds: null, finishes_at: null, misses: 0 });
  });

  it('has no such number before the start', async () => {
    const dates = { start_notification_date: '2099-01-01T10:00:00Z', end_notification_date: '2099-01-01T11:00:00Z' };
    const mailing = { tags: [], codes: [], text: 'hello', ...dates };
    expect((await api.rest('POST', '/mailing/preview/', mailing)).body).to.include({ left: null });
    const { body } = await api.rest('POST', '/mailing/', mailing);
    expect(await read(body.id)).to.include({ left: null });
  });
});
