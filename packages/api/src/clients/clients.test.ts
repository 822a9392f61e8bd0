import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('clients', () => {
  let api: TestApi;
  let client: { phone_number: string; timezone: string; mobile_operator_code: number; tag: number };

  before(async () => {
    api = await startApi();
    const { body: code } = await api.rest('POST', '/codes/', { code: '900' });
    const { body: tag } = await api.rest('POST', '/tags/', { name: 'vip' });
    client = { phone_number: '79001234567', timezone: 'Europe/Moscow', mobile_operator_code: code.id, tag: tag.id };
  });
  after(() => api.stop());
  beforeEach(() => api.query('TRUNCATE clients'));

  it('lives through create, read, update, partial update and delete', async () => {
    const created = await api.rest('POST', '/clients/', { ...client, id: 99, nonsense: true });
    expect(created.status).to.equal(201);
    expect(created.body).to.deep.equal({ id: created.body.id, ...client });
    expect(created.body.id).not.to.equal(99);
    const path = `/clients/${created.body.id}/`;
    expect((await api.rest('GET', path)).body).to.deep.equal(created.body);
    expect((await api.rest('PUT', path, { ...client, timezone: '+03:00' })).body.timezone).to.equal('+03:00');
    expect((await api.rest('PATCH', path, { phone_number: 7 })).body).to.include({
      phone_number: '7',
      timezone: '+03:00',
    });
    expect((await api.rest('DELETE', path)).status).to.equal(204);
    expect((await api.rest('GET', path)).status).to.equal(404);
  });

  it('names every wrong field at once', async () => {
    const { status, body } = await api.rest('POST', '/clients/', {
      phone_number: '123456789012',
      timezone: '',
      tag: 'abc',
    });
    expect(status).to.equal(400);
    expect(body).to.deep.equal({
      phone_number: ['Ensure this field has no more than 11 characters.'],
      timezone: ['This field may not be blank.'],
      mobile_operator_code: ['This field is required.'],
      tag: ['Incorrect type. Expected pk value, received str.'],
    });
  });

  it('refuses a phone number that is not of digits', async () => {
    const { body } = await api.rest('POST', '/clients/', { ...client, phone_number: '+7900' });
    expect(body).to.deep.equal({ phone_number: ['Must consist of digits.'] });
  });

  it('keeps the zeros a phone number begins with', async () => {
    expect((await api.rest('POST', '/clients/', { ...client, phone_number: '007' })).body.phone_number).to.equal('007');
  });

  for (const timezone of ['Europe/Moscow', 'UTC', 'US/Eastern', '+03:00', '-0930', '+14:00']) {
    it(`knows the time zone ${timezone}`, async () => {
      expect((await api.rest('POST', '/clients/', { ...client, timezone })).status).to.equal(201);
    });
  }

  for (const timezone of ['Mars/Base', 'MSK', 'UTC+3', '+25:00', '+3', 'Europe']) {
    it(`does not know the time zone ${timezone}`, async () => {
      const { status, body } = await api.rest('POST', '/clients/', { ...client, timezone });
      expect(status).to.equal(400);
      expect(body.timezone[0]).to.match(/IANA time zone/);
    });
  }

  it('refuses codes and tags that are not there, both at once, and takes their ids as strings', async () => {
    const { body } = await api.rest('POST', '/clients/', { ...client, mobile_operator_code: 99, tag: '98' });
    expect(body).to.deep.equal({
      mobile_operator_code: ['Invalid pk "99" - object does not exist.'],
      tag: ['Invalid pk "98" - object does not exist.'],
    });
    expect((await api.rest('POST', '/clients/', { ...client, tag: String(client.tag) })).body.tag).to.equal(client.tag);
  });

  describe('filters', () => {
    let [other, vip] = [0, 0];
    let code = 0;
    before(async () => {
      other = (await api.rest('POST', '/tags/', { name: 'other' })).body.id;
      vip = client.tag;
      code = (await api.rest('POST', '/codes/', { code: '901' })).body.id;
    });
    beforeEach(async () => {
      for (const [phone_number, tag, mobile_operator_code] of [
        ['1', vip, code],
        ['2', other, client.mobile_operator_code],
        ['3', vip, client.mobile_operator_code],
        ['3', other, code],
        ['5', vip, code],
      ]) {
        await api.rest('POST', '/clients/', { ...client, phone_number, tag, mobile_operator_code });
      }
    });
    const list = async (query: string) => {
      const { body } = await api.rest('GET', `/clients/?${query}`);
      return [body.count, ...body.results.map(({ phone_number }: { phone_number: string }) => phone_number)];
    };

    it('find those with a tag, a code, a phone number, or several of them', async () => {
      expect(await list(`tag=${vip}`)).to.deep.equal([3, '1', '3', '5']);
      expect(await list(`mobile_operator_code=${code}`)).to.deep.equal([3, '1', '3', '5']);
      expect(await list(`tag=${vip}&mobile_operator_code=${code}`)).to.deep.equal([2, '1', '5']);
      expect(await list('phone_number=3')).to.deep.equal([2, '3', '3']);
      expect(await list(`phone_number=3&tag=${other}`)).to.deep.equal([1, '3']);
      expect(await list('phone_number=4')).to.deep.equal([0]);
      expect(await list('tag=999')).to.deep.equal([0]);
    });

    it('go with pages, by number and by key, and their addresses', async () => {
      expect(await list(`tag=${vip}&limit=2&page=2`)).to.deep.equal([3, '5']);
      const { body } = await api.rest('GET', `/clients/?tag=${vip}&limit=2&after=0`);
      expect(body).to.deep.include({
        count: 3,
        next: `${api.origin}/api/v1/clients/?after=${body.results[1].id}&limit=2&tag=${vip}`,
      });
      expect((await api.rest('GET', body.next.replace(`${api.origin}/api/v1`, ''))).body).to.deep.include({
        count: 3,
        next: null,
      });
    });

    it('leave nothing out where the page is far from both ends', async () => {
      await api.query(`
        INSERT INTO clients (phone_number, timezone, tag_id, code_id)
        SELECT n, 'UTC', CASE WHEN n % 2 = 0 THEN ${vip} ELSE ${other} END, ${code} FROM generate_series(100, 60099) n`);
      for (const page of [120, 200, 290]) {
        const found = await list(`tag=${other}&limit=100&page=${page}`);
        expect(found.slice(0, 2)).to.deep.equal([30_002, String(101 + 2 * (100 * (page - 1) - 2))]);
        expect(found).to.have.length(101);
      }
    });

    it('are the same over tRPC, and none where nothing is given', async () => {
      const { count } = await api.trpc.clients.list.query({ tag: vip, phone_number: undefined });
      expect(count).to.equal(3);
    });

    it('are refused when they are none', async () => {
      const { status, body } = await api.rest('GET', '/clients/?tag=vip&mobile_operator_code=1.5&phone_number=%00');
      expect(status).to.equal(400);
      expect(Object.keys(body)).to.have.members(['tag', 'mobile_operator_code', 'phone_number']);
    });
  });

  describe('pages', () => {
    beforeEach(async () => {
      for (let n = 1; n <= 5; n++) await api.rest('POST', '/clients/', { ...client, phone_number: String(n) });
    });
    const phones = (body: { results: { phone_number: string }[] }) =>
      body.results.map(({ phone_number }) => phone_number);

    it('come in the order of ids, with absolute addresses that keep the other parameters', async () => {
      const base = `${api.origin}/api/v1/clients/`;
      const { body } = await api.rest('GET', '/clients/?limit=2&page=2&foo=bar&foo=baz&x=%D0%B9');
      expect(phones(body)).to.deep.equal(['3', '4']);
      expect(body.count).to.equal(5);
      expect(body.next).to.equal(`${base}?foo=bar&foo=baz&limit=2&page=3&x=%D0%B9`);
      expect(body.previous).to.equal(`${base}?foo=bar&foo=baz&limit=2&x=%D0%B9`);
    });

    it('can be followed to the end by next', async () => {
      const seen: string[] = [];
      for (let next: string | null = '/clients?limit=2'; next; ) {
        const { body } = await api.rest('GET', next);
        seen.push(...phones(body));
        next = body.next?.replace(`${api.origin}/api/v1`, '') ?? null;
      }
      expect(seen).to.deep.equal(['1', '2', '3', '4', '5']);
    });

    it('have a last one', async () => {
      expect(phones((await api.rest('GET', '/clients/?limit=2&page=last')).body)).to.deep.equal(['5']);
    });

    for (const page of ['999999', '0', '-1', 'abc', '1.5', '']) {
      it(`end before ${JSON.stringify(page)}`, async () => {
        expect(await api.rest('GET', `/clients/?page=${page}`)).to.deep.include({
          status: 404,
          body: { detail: 'Invalid page.' },
        });
      });
    }

    for (const limit of ['0', '-1', 'abc', '1.5', '', '100000']) {
      it(`hold all five when the limit is ${JSON.stringify(limit)}`, async () => {
        expect(phones((await api.rest('GET', `/clients/?limit=${limit}`)).body)).to.have.length(5);
      });
    }

    it('are the same over tRPC', async () => {
      const page = await api.trpc.clients.list.query({ limit: 2, page: 2 });
      expect(phones(page)).to.deep.equal(['3', '4']);
      expect(page.next).to.equal(`${api.origin}/api/v1/clients/?limit=2&page=3`);
      const last = await api.trpc.clients.list.query({ limit: 2, page: 'last' });
      expect(phones(last)).to.deep.equal(['5']);
    });
  });
});
