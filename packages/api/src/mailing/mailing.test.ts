import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('mailing', () => {
  let api: TestApi;

  before(async () => {
    api = await startApi();
    for (const name of ['vip', 'new']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
  });
  after(() => api.stop());
  beforeEach(async () => {
    await api.query('TRUNCATE mailings CASCADE');
    api.hints.length = 0;
  });

  const mailing = {
    tags: ['vip'],
    codes: [] as string[],
    start_notification_date: '2099-01-01T10:00:00Z',
    end_notification_date: '2099-01-02T10:00:00Z',
    text: 'hello',
  };
  const create = async (change: object = {}) => (await api.rest('POST', '/mailing/', { ...mailing, ...change })).body;

  it('is answered with its tags, codes and status, in UTC', async () => {
    const change = { tags: ['new', 'vip', 'vip'], codes: ['901'], start_notification_date: '2099-01-01 13:00+03' };
    const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, ...change });
    expect(status).to.equal(201);
    expect(body).to.deep.include({ ...mailing, codes: ['901'], tags: body.tags, status: 'scheduled' });
    expect(body.tags).to.have.members(['vip', 'new']);
    expect((await api.rest('GET', `/mailing/${body.id}/`)).body).to.deep.equal(body);
    expect(api.hints).to.deep.equal([`start ${body.id}`]);
  });

  it('refuses names of nothing', async () => {
    const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, tags: ['vip', 'x', 'y'], codes: ['7'] });
    expect(status).to.equal(400);
    expect(body).to.deep.equal({
      tags: ['Object with name=x does not exist.'],
      codes: ['Object with code=7 does not exist.'],
    });
    expect(api.hints).to.deep.equal([]);
  });

  it('refuses an end that is not after the start', async () => {
    const end = { end_notification_date: mailing.start_notification_date };
    expect((await api.rest('POST', '/mailing/', { ...mailing, ...end })).body).to.deep.equal({
      end_notification_date: ['The end must be after the start.'],
    });
  });

  for (const date of [
    'tomorrow',
    '2099-02-30T10:00:00Z',
    '2099-01-01T24:00:00Z',
    '',
    '2099-01-01',
    '2099-01-01T10:00:00z',
    5,
    true,
  ]) {
    it(`refuses the date ${JSON.stringify(date)}`, async () => {
      const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, start_notification_date: date });
      expect(status).to.equal(400);
      expect(body.start_notification_date[0]).to.match(/^Datetime has wrong format/);
    });
  }

  for (const date of ['9999-12-31T23:59:59-10:00', '0001-01-01T00:00:00+10:00']) {
    it(`refuses ${date}, which in UTC has no year of four digits`, async () => {
      const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, start_notification_date: date });
      expect(status).to.equal(400);
      expect(body).to.deep.equal({ start_notification_date: ['Datetime value out of range.'] });
    });
  }

  for (const [date, answered] of [
    ['2099-01-01T10:00:00+0300', '2099-01-01T07:00:00Z'],
    ['2099-1-1T1:00', '2099-01-01T01:00:00Z'],
    ['2099-01-01T10:00:00.5Z', '2099-01-01T10:00:00.500000Z'],
    ['2099-01-01T10:00:00,123456Z', '2099-01-01T10:00:00.123456Z'],
    ['2099-01-01T10:00:00.123456789Z', '2099-01-01T10:00:00.123456Z'],
  ]) {
    it(`reads ${date}`, async () => {
      expect((await create({ start_notification_date: date })).start_notification_date).to.equal(answered);
    });
  }

  it('is listed by tag and by code, by exact name', async () => {
    const a = await create({ tags: ['vip'], codes: ['900'] });
    const b = await create({ tags: ['vip', 'new'], codes: [] });
    const ids = async (query: string) =>
      (await api.rest('GET', `/mailing/${query}`)).body.results.map(({ id }: { id: number }) => id);
    expect(await ids('')).to.deep.equal([a.id, b.id]);
    expect(await ids('?tag=vip')).to.deep.equal([a.id, b.id]);
    expect(await ids('?tag=new&code=')).to.deep.equal([b.id]);
    expect(await ids('?tag=vip&code=900')).to.deep.equal([a.id]);
    expect(await ids('?tag=VIP')).to.deep.equal([]);
    expect(await ids('?limit=1&page=2')).to.deep.equal([b.id]);
  });

  describe('before its start', () => {
    it('changes in everything, and the clock is told', async () => {
      const { id } = await create();
      api.hints.length = 0;
      const change = { tags: [], codes: ['900'], start_notification_date: '2098-01-01T10:00:00Z', text: 'other' };
      const { status, body } = await api.rest('PATCH', `/mailing/${id}/`, change);
      expect(status).to.equal(200);
      expect(body).to.deep.include(change);
      expect(body.end_notification_date).to.equal(mailing.end_notification_date);
      expect(api.hints).to.deep.equal([`start ${id}`]);
    });

    it('keeps its filter when only the text changes', async () => {
      const { id } = await create({ tags: ['vip'], codes: ['900'] });
      const { body } = await api.rest('PATCH', `/mailing/${id}/`, { text: 'x' });
      expect(body).to.deep.include({ text: 'x', tags: ['vip'], codes: ['900'] });
    });

    it('refuses a start after the end it has', async () => {
      const { id } = await create();
      const { body } = await api.rest('PATCH', `/mailing/${id}/`, { start_notification_date: '2100-01-01T10:00:00Z' });
      expect(body).to.have.keys('end_notification_date');
    });
  });

  describe('while it runs', () => {
    async function running(): Promise<number> {
      const { id } = await create();
      await api.query(`UPDATE mailings SET status = 'running', started_at = now() WHERE id = $1`, [id]);
      api.hints.length = 0;
      return id;
    }

    it('changes its text and its end', async () => {
      const id = await running();
      const change = { text: 'other', end_notification_date: '2099-01-03T10:00:00Z' };
      const { status, body } = await api.rest('PUT', `/mailing/${id}/`, { ...mailing, ...change });
      expect(status).to.equal(200);
      expect(body).to.deep.include({ ...change, status: 'running' });
      expect(api.hints).to.deep.equal([`finish ${id}`]);
    });

    for (const change of [{ tags: [] }, { codes: ['900'] }, { start_notification_date: '2099-01-01T11:00:00Z' }]) {
      it(`keeps its ${Object.keys(change)[0]}`, async () => {
        const { status, body } = await api.rest('PATCH', `/mailing/${await running()}/`, change);
        expect(status).to.equal(409);
        expect(body.detail).to.match(/has started/);
      });
    }
  });

  it('does not change once it has ended', async () => {
    const { id } = await create();
    await api.query(`UPDATE mailings SET status = 'completed' WHERE id = $1`, [id]);
    expect((await api.rest('PATCH', `/mailing/${id}/`, { text: 'x' })).status).to.equal(409);
  });

  it('is hidden at once when deleted, and purged by a job', async () => {
    const { id } = await create();
    api.hints.length = 0;
    expect((await api.rest('DELETE', `/mailing/${id}/`)).status).to.equal(204);
    expect((await api.rest('GET', `/mailing/${id}/`)).status).to.equal(404);
    expect((await api.rest('GET', '/mailing/')).body.count).to.equal(0);
    expect(api.hints).to.deep.equal([`forget ${id}`, `purge ${id}`]);
  });

  it('has Dates over tRPC', async () => {
    const start = new Date('2099-01-01T10:00:00.123Z');
    const end = new Date('2099-01-01T11:00:00Z');
    const dates = { start_notification_date: start, end_notification_date: end };
    const created = await api.trpc.mailing.create.mutate({ ...mailing, ...dates });
    expect(created.start_notification_date).to.deep.equal(start);
    expect((await api.trpc.mailing.read.query({ id: created.id })).end_notification_date).to.deep.equal(end);
  });
});
