import { tidyLedger } from '@showroom/database';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';
import { createRunningMailings } from './mailing/running.suite.js';

/** What changes after the start of a mailing does not change what is told of it. */
describe('a mailing as of its start', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  beforeEach(async () => {
    await api.query(
      'TRUNCATE tags, codes, clients, mailings, messages, ranges, retries, message_events, past_names, client_pasts RESTART IDENTITY CASCADE',
    );
    await api.query(`INSERT INTO tags (name) VALUES ('vip'), ('new')`);
    await api.query(`INSERT INTO codes (code) VALUES ('900'), ('901')`);
    await api.query(`INSERT INTO clients (phone_number, timezone, tag_id, code_id)
      SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, 4) n`);
  });

  const statistic = async (id: number) => (await api.rest('GET', `/statistic/${id}/`)).body;
  const partsOf = async (id: number) => {
    const { by_tag, by_code } = await statistic(id);
    return {
      tags: by_tag.map((part: { name: string; messages: { total: number } }) => [part.name, part.messages.total]),
      codes: by_code.map((part: { code: string; messages: { total: number } }) => [part.code, part.messages.total]),
    };
  };
  const asStarted = { tags: [['vip', 4]], codes: [['900', 4]] };
  const patch = (client: number, change: object) => api.rest('PATCH', `/clients/${client}/`, change);

  for (const window of [{}, { send_window_start: '00:00', send_window_end: '23:59' }]) {
    it(`counts by the tags and codes of then, ${'send_window_start' in window ? 'with' : 'without'} a window`, async () => {
      const id = await running.start(window);
      await patch(1, { tag: 2 });
      await patch(2, { mobile_operator_code: 2 });
      await patch(2, { tag: 2, mobile_operator_code: 1 });
      await api.rest('DELETE', '/clients/3/');
      await patch(4, { timezone: 'Asia/Omsk' });
      expect(await partsOf(id), 'while it runs').to.deep.equal(asStarted);
      await running.settle(id, ['sent', 'sent', 'failed']);
      await running.store.finish(id);
      expect(await partsOf(id), 'once it is summed up').to.deep.equal(asStarted);
      expect(await api.query('SELECT 1 FROM ranges WHERE NOT summed')).to.have.length(0);
      await patch(1, { tag: 1 });
      await api.query(`UPDATE clients SET tag_id = 2`);
      await api.rest('POST', `/mailing/${id}/retry/`);
      expect(await partsOf(id), 'when it runs again').to.deep.equal(asStarted);
      const next = await running.start(window);
      expect((await partsOf(next)).tags, 'another one').to.deep.equal([['new', 3]]);
    });
  }

  it('is as it was by the snapshot that picked the audience, whichever clock is ahead', async () => {
    let id = 0;
    await api.database.transaction(async (transaction) => {
      await api.database.sql('UPDATE clients SET tag_id = 2 WHERE id <= 2', [], transaction);
      id = await running.start({ tags: ['vip'] });
      expect((await statistic(id)).messages.total).to.equal(4);
    });
    expect((await partsOf(id)).tags).to.deep.equal([['vip', 4]]);
  });

  it('counts by the tags of then when a file has changed clients since', async () => {
    const id = await running.start();
    const file = `phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,2,2\n79000000002,UTC,1,1\n`;
    const headers = { 'content-type': 'text/csv' };
    const { body } = await api.rest('POST', '/clients/import/?known=update', file, headers);
    expect(body).to.include({ updated: 1 });
    expect(await partsOf(id)).to.deep.equal(asStarted);
    expect(await api.query('SELECT client_id::int FROM client_pasts')).to.deep.equal([{ client_id: 1 }]);
  });

  it('has the names of then, whatever is renamed or deleted', async () => {
    const id = await running.start();
    await running.settle(id, ['sent', 'sent', 'sent', 'sent']);
    await running.store.finish(id);
    await api.rest('PATCH', '/tags/1/', { name: 'gold' });
    await api.rest('PATCH', '/tags/1/', { name: 'silver' });
    expect(await partsOf(id)).to.deep.equal(asStarted);
    await api.query('UPDATE clients SET tag_id = 2, code_id = 2');
    expect((await api.rest('DELETE', '/tags/1/')).status).to.equal(204);
    expect((await api.rest('DELETE', '/codes/1/')).status).to.equal(204);
    expect(await partsOf(id)).to.deep.equal(asStarted);
  });

  it('keeps what clients were for as long as a count may need it, and for a month', async () => {
    const never = new AbortController().signal;
    const tidy = () => tidyLedger(api.database, { messagesDays: null, eventsDays: null, auditDays: null }, never);
    const kept = async () => (await api.query('SELECT 1 FROM client_pasts')).length;
    const id = await running.start();
    await patch(1, { tag: 2 });
    await running.settle(id, ['sent', 'sent', 'sent', 'unknown']);
    await running.store.finish(id);
    await partsOf(id);
    await tidy();
    expect(await kept(), 'for a month').to.equal(1);
    await api.query(`UPDATE client_pasts SET until = until - interval '40 days'`);
    await api.query(
      `UPDATE mailings SET started_at = started_at - interval '50 days', end_at = now() + interval '1 s'`,
    );
    await tidy();
    expect(await kept(), 'while its messages may be settled').to.equal(1);
    await api.rest('POST', `/mailing/${id}/resolve/`, { as: 'sent' });
    await partsOf(id);
    await api.query(`UPDATE mailings SET end_at = now() - interval '1 s'`);
    await tidy();
    expect(await kept()).to.equal(0);
  });

  describe('explained', () => {
    const explain = async (mailing: number, client: number) =>
      (await api.rest('GET', `/mailing/${mailing}/explain/?client=${client}`)).body;

    it('speaks of the tag and code at the start', async () => {
      await patch(1, { tag: 2 });
      await patch(2, { mobile_operator_code: 2 });
      const id = await running.start({ tags: ['vip'], codes: ['900'] });
      await patch(1, { tag: 1 });
      await patch(2, { mobile_operator_code: 1 });
      await patch(3, { tag: 2 });
      const [one, two, three] = [await explain(id, 1), await explain(id, 2), await explain(id, 3)];
      expect(one).to.include({ because: 'other_tag', in_audience: false });
      expect(one.explanation).to.equal(
        'The client did not match when the mailing started: its tag was "new", and the mailing is for "vip".',
      );
      expect(two).to.include({ because: 'other_code', in_audience: false });
      expect(three).to.include({ because: 'is_in_the_audience', in_audience: true });
      await api.rest('DELETE', '/clients/1/');
      await api.rest('PATCH', '/tags/2/', { name: 'renamed' });
      expect(await explain(id, 1), 'a client that is gone').to.deep.equal(one);
      const { body } = await api.rest('POST', '/clients/', {
        ...{ phone_number: '79000000009', timezone: 'UTC', tag: 1, mobile_operator_code: 1 },
      });
      expect(await explain(id, body.id)).to.include({ because: 'matches_since' });
      await api.rest('DELETE', `/clients/${body.id}/`);
      const gone = await explain(id, body.id);
      expect(gone).to.include({ because: 'matches_since', in_audience: false });
      expect(gone.explanation).to.match(/added after the mailing started, and has been deleted since/);
    });

    const times = `start_at = now() - interval '2 s', end_at = now() + interval '1 hour'`;
    const over = `start_at = now() - interval '2 s', end_at = now() - interval '1 s'`;
    /** Each status, with and without a start: what is said of one who matches, of another, and of one who is not there. */
    const table = [
      ['scheduled', false, null, 'mailing_not_started', 'other_tag', 'no_such_client', /has not started/],
      ['paused', false, null, 'mailing_not_started', 'other_tag', 'no_such_client', /paused before its start/],
      [
        'expired',
        false,
        false,
        'expired_before_start',
        'expired_before_start',
        'expired_before_start',
        /its end passed/,
      ],
      ['canceled', false, false, 'canceled_before_start', 'canceled_before_start', 'canceled_before_start', /canceled/],
      ['running', true, true, 'is_in_the_audience', 'other_tag', 'no_such_client', /matched/],
      ['paused', true, true, 'is_in_the_audience', 'other_tag', 'no_such_client', /matched/],
      ['completed', true, true, 'is_in_the_audience', 'other_tag', 'no_such_client', /matched/],
      ['expired', true, true, 'is_in_the_audience', 'other_tag', 'no_such_client', /matched/],
      ['canceled', true, true, 'is_in_the_audience', 'other_tag', 'no_such_client', /matched/],
    ] as const;
    for (const [status, hasStarted, inAudience, matching, other, nobody, words] of table) {
      it(`says why of one that is ${status} and has ${hasStarted ? '' : 'not '}started`, async () => {
        await patch(2, { tag: 2 });
        const { body } = await api.rest('POST', '/mailing/', {
          ...{ tags: ['vip'], codes: [], text: 'x' },
          ...{ start_notification_date: '2099-01-01T00:00:00Z', end_notification_date: '2099-01-02T00:00:00Z' },
        });
        if (hasStarted) {
          await api.query(`UPDATE mailings SET ${times}`);
          await running.store.start(body.id);
        }
        if (status === 'completed') await running.settle(body.id, ['sent', 'sent', 'sent']);
        if (status === 'expired') await api.query(`UPDATE mailings SET ${over}`);
        if (status === 'paused' || status === 'canceled') {
          const verb = status === 'paused' ? 'pause' : 'cancel';
          await api.rest('POST', `/mailing/${body.id}/${verb}/`);
        }
        if (status === 'expired' && !hasStarted) await running.store.start(body.id);
        else if (!['scheduled', 'running', 'paused'].includes(status)) await running.store.finish(body.id);
        expect((await api.rest('GET', `/mailing/${body.id}/`)).body.status).to.equal(status);
        const one = await explain(body.id, 1);
        expect(one).to.include({ in_audience: inAudience, because: matching });
        expect(one.explanation).to.match(words);
        expect(one.message?.status ?? null).to.equal(
          hasStarted
            ? ({ completed: 'sent', expired: 'expired', canceled: 'canceled' }[status as string] ?? 'pending')
            : null,
        );
        const isDecided = inAudience !== null;
        expect(await explain(body.id, 2)).to.include({ in_audience: isDecided ? false : null, because: other });
        expect(await explain(body.id, 99)).to.include({ in_audience: isDecided ? false : null, because: nobody });
      });
    }
  });
});
