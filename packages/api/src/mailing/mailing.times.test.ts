import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { createRunningMailings } from './running.suite.js';

describe('when a mailing starts and ends', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
    const client = { phone_number: '79000000001', timezone: 'UTC', tag: 1, mobile_operator_code: 1 };
    await api.rest('POST', '/clients/', client);
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  beforeEach(() => {
    api.hints.length = 0;
  });

  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
  const anHourAgo = () => new Date(Date.now() - 3_600_000).toISOString();
  const draft = (change: object = {}) => ({
    ...{ tags: [], codes: [], text: 'hello', start_notification_date: 'now', end_notification_date: inAnHour() },
    ...change,
  });
  const post = (change: object = {}) => api.rest('POST', '/mailing/', draft(change));
  const patch = (id: number, change: object) => api.rest('PATCH', `/mailing/${id}/`, change);
  const read = async (id: number) => (await api.rest('GET', `/mailing/${id}/`)).body;
  const clock = async () => (await api.query<{ now: Date }>('SELECT clock_timestamp() AS now'))[0]!.now.getTime();
  const hasPassed = /^The end, [\d-]+T[\d:.]+Z, has passed: it is 20[\d-]+T[\d:.]+Z now\. Choose a later end\.$/;
  const shouldRefuseTheEnd = ({ status, body }: { status: number; body: Record<string, string[]> }) => {
    expect(status, JSON.stringify(body)).to.equal(400);
    expect(body).to.have.all.keys('end_notification_date');
    expect(body.end_notification_date).to.have.length(1);
    expect(body.end_notification_date![0]).to.match(hasPassed);
  };

  describe('an end that has passed', () => {
    it('is refused of a new mailing, and of a preview', async () => {
      const past = { start_notification_date: '2020-01-01T00:00:00Z', end_notification_date: anHourAgo() };
      shouldRefuseTheEnd(await post(past));
      shouldRefuseTheEnd(await api.rest('POST', '/mailing/preview/', draft(past)));
      expect(api.hints).to.deep.equal([]);
    });

    it('is told together with all else that is wrong', async () => {
      const past = { start_notification_date: '2020-01-01T00:00:00Z', end_notification_date: anHourAgo() };
      expect((await post({ ...past, tags: ['x'] })).body).to.have.all.keys('tags', 'end_notification_date');
      expect((await post({ ...past, text: '' })).body).to.have.all.keys('text', 'end_notification_date');
      const { body } = await post({ end_notification_date: inAnHour() });
      const change = { ...past, start_notification_date: body.start_notification_date };
      expect((await patch(body.id, { ...change, text: '' })).body).to.have.all.keys('text', 'end_notification_date');
      expect((await patch(body.id, { ...change, codes: ['x'] })).body).to.have.all.keys(
        'codes',
        'end_notification_date',
      );
    });

    it('is judged by the database, not by this machine', async () => {
      const now = await clock();
      expect((await post({ end_notification_date: new Date(now + 2_000).toISOString() })).status).to.equal(201);
      shouldRefuseTheEnd(await post({ end_notification_date: new Date(now - 10).toISOString() }));
    });

    it('is refused of one that is scheduled, and changes nothing', async () => {
      const { body } = await post({ start_notification_date: '2020-01-01T00:00:00Z' });
      shouldRefuseTheEnd(await patch(body.id, { end_notification_date: anHourAgo() }));
      shouldRefuseTheEnd(
        await api.rest('PUT', `/mailing/${body.id}/`, { ...body, end_notification_date: anHourAgo() }),
      );
      expect(await read(body.id)).to.deep.equal(body);
    });

    it('hinders nobody who sends back the end that a scheduled mailing has', async () => {
      const { body } = await post({ start_notification_date: '2020-01-01T00:00:00Z' });
      await api.query(`UPDATE mailings SET end_at = now() - interval '1.000123 s' WHERE id = ${body.id}`);
      const { status } = await api.rest('PUT', `/mailing/${body.id}/`, { ...(await read(body.id)), text: 'other' });
      expect(status).to.equal(200);
      expect(api.hints.at(-1), 'its start makes it expired').to.equal(`start ${body.id}`);
      expect((await patch(body.id, { text: 'third' })).body.text).to.equal('third');
    });

    for (const verb of ['running', 'paused']) {
      it(`ends a ${verb} mailing now`, async () => {
        const id = await running.start();
        if (verb === 'paused') await api.rest('POST', `/mailing/${id}/pause/`);
        const own = await read(id);
        api.hints.length = 0;
        const before = await clock();
        const { status, body } = await api.rest('PUT', `/mailing/${id}/`, {
          ...own,
          end_notification_date: anHourAgo(),
        });
        expect(status).to.equal(200);
        expect(body.status).to.equal(verb);
        expect(Date.parse(body.end_notification_date)).to.be.within(before - 1, await clock());
        expect(api.hints).to.deep.equal([`finish ${id}`]);
        expect(await running.store.finish(id)).to.deep.equal({ kind: 'finished', status: 'expired' });
        const ended = await api.rest('PUT', `/mailing/${id}/`, await read(id));
        expect(ended.status, 'its own representation, once it has ended').to.equal(409);
        expect(ended.body.detail).to.match(/has ended/);
      });
    }

    it('ends a running mailing now, however long ago it is', async () => {
      const id = await running.start();
      const { status, body } = await patch(id, { end_notification_date: '1999-01-01T00:00:00Z' });
      expect(status).to.equal(200);
      expect(Date.parse(body.end_notification_date)).to.be.greaterThan(Date.parse(body.start_notification_date));
    });

    it('never puts off an end that has come', async () => {
      const id = await running.start();
      await api.query(`UPDATE mailings SET end_at = now() - interval '5 s' WHERE id = ${id}`);
      const { end_notification_date } = await read(id);
      expect((await patch(id, { end_notification_date })).body.end_notification_date).to.equal(end_notification_date);
      const { body } = await patch(id, { end_notification_date: anHourAgo() });
      expect(body.end_notification_date).to.equal(end_notification_date);
    });

    it('ends one that was paused before its start, once the start has come; else the end is to come', async () => {
      const started = await post({ start_notification_date: '2020-01-01T00:00:00Z' });
      await api.rest('POST', `/mailing/${started.body.id}/pause/`);
      api.hints.length = 0;
      expect((await patch(started.body.id, { end_notification_date: anHourAgo() })).status).to.equal(200);
      expect(api.hints).to.deep.equal([`finish ${started.body.id}`]);
      const later = { start_notification_date: '2099-01-01T00:00:00Z', end_notification_date: '2099-01-02T00:00:00Z' };
      const { body } = await post(later);
      await api.rest('POST', `/mailing/${body.id}/pause/`);
      const refused = await patch(body.id, { end_notification_date: anHourAgo() });
      expect(refused).to.deep.include({
        status: 400,
        body: { end_notification_date: ['The end must be after the start.'] },
      });
    });
  });

  describe('a start that is `now`', () => {
    const isNow = async (answered: string, before: number) =>
      expect(Date.parse(answered)).to.be.within(before - 1, await clock());

    it('is the moment at which the database writes it', async () => {
      const before = await clock();
      const { status, body } = await post();
      expect(status).to.equal(201);
      await isNow(body.start_notification_date, before);
      expect(await read(body.id)).to.deep.equal(body);
      expect(api.hints).to.deep.equal([`start ${body.id}`]);
      expect(await running.store.start(body.id)).to.include({ kind: 'started' });
    });

    it('is taken in a form', async () => {
      const before = await clock();
      const form = new URLSearchParams({ ...draft(), tags: 'vip', codes: '900' } as Record<string, string>).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const { status, body } = await api.rest('POST', '/mailing/', form, type);
      expect(status, JSON.stringify(body)).to.equal(201);
      await isNow(body.start_notification_date, before);
    });

    it('is taken of a scheduled mailing, and is another start than that of a running one', async () => {
      const { body } = await post({
        start_notification_date: '2098-01-01T00:00:00Z',
        end_notification_date: '2099-01-01T00:00:00Z',
      });
      const before = await clock();
      const patched = await patch(body.id, { start_notification_date: 'now' });
      expect(patched.status).to.equal(200);
      await isNow(patched.body.start_notification_date, before);
      expect((await patch(await running.start(), { start_notification_date: 'now' })).status).to.equal(409);
    });

    it('must be before the end', async () => {
      shouldRefuseTheEnd(await post({ end_notification_date: anHourAgo() }));
    });

    it('is previewed', async () => {
      const before = await clock();
      const { status, body } = await api.rest('POST', '/mailing/preview/', draft({ send_per_second: 1 }));
      expect(status).to.equal(200);
      expect(Date.parse(body.finishes_at)).to.be.within(before, (await clock()) + 2_000);
    });

    it('is answered the same when the call comes again with its key', async () => {
      const key = { 'idempotency-key': 'now-1' };
      const body = draft();
      const first = await api.rest('POST', '/mailing/', body, key);
      const again = await api.rest('POST', '/mailing/', body, key);
      expect(again).to.deep.include({ status: 201, body: first.body });
    });

    it('is a word of tRPC, too, beside a Date', async () => {
      const end = new Date(Date.now() + 3_600_000);
      const before = await clock();
      const created = await api.trpc.mailing.create.mutate({
        ...{ tags: [], codes: [], text: 'x', start_notification_date: 'now', end_notification_date: end },
      });
      expect(created.start_notification_date.getTime()).to.be.within(before - 1, await clock());
    });

    for (const word of ['NOW', 'Now', ' now', 'now ', 'today', '']) {
      it(`is not written ${JSON.stringify(word)}`, async () => {
        const { status, body } = await post({ start_notification_date: word });
        expect(status).to.equal(400);
        expect(body.start_notification_date[0]).to.match(/^Datetime has wrong format/);
      });
    }

    it('is no end, and still has to be there', async () => {
      expect((await post({ end_notification_date: 'now' })).body.end_notification_date[0]).to.match(/wrong format/);
      const { start_notification_date: _, ...rest } = draft();
      const { status, body } = await api.rest('POST', '/mailing/', rest);
      expect({ status, body }).to.deep.equal({
        status: 400,
        body: { start_notification_date: ['This field is required.'] },
      });
      expect((await post({ start_notification_date: null })).body).to.deep.equal({
        start_notification_date: ['This field may not be null.'],
      });
    });
  });
});
