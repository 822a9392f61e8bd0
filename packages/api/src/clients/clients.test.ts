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

  const tooLong = 'Ensure this field has no more than 11 characters.';
  const blank = 'This field may not be blank.';
  const zero = 'Must not begin with 0: write the number with its country code, such as "447700900123".';
  const without = (characters: string) => `Must consist of digits, without ${characters}.`;

  for (const [phone_number, message] of [
    ['+7900', without('"+"')],
    ['+79001234567', tooLong],
    ['7 900', without('blanks')],
    ['7-900', without('"-"')],
    ['7(900)12', without('"(" or ")"')],
    [`'7900`, without(`"'"`)],
    ['7900\u202a', without('U+202A')],
    ['\u200b7900', without('U+200B')],
    ['7\u0301', without('U+0301')],
    ['７９００', without('"７" (U+FF17), "９" (U+FF19) or "０" (U+FF10)')],
    ['٧٩', without('"٧" (U+0667) or "٩" (U+0669)')],
    ['📞1', without('"📞" (U+1F4DE)')],
    ['1e3', without('"e"')],
    [-7, without('"-"')],
    ['+0', without('"+"')],
    ['07700900123', zero],
    ['077009001234', tooLong],
    ['007', zero],
    ['0', zero],
    [0, zero],
    ['   ', blank],
    ['\0', 'Null characters are not allowed.'],
    [null, 'This field may not be null.'],
    [['7'], 'Not a valid string.'],
    [true, 'Not a valid string.'],
  ] as const) {
    it(`refuses the phone number ${JSON.stringify(phone_number)}, for one reason, on every way in`, async () => {
      const refused = { status: 400, body: { phone_number: [message] } };
      expect(await api.rest('POST', '/clients/', { ...client, phone_number })).to.deep.include(refused);
      const { body } = await api.rest('POST', '/clients/', client);
      const path = `/clients/${body.id}/`;
      expect(await api.rest('PUT', path, { ...client, phone_number })).to.deep.include(refused);
      expect(await api.rest('PATCH', path, { phone_number })).to.deep.include(refused);
      expect((await api.rest('GET', path)).body.phone_number).to.equal(client.phone_number);
    });
  }

  for (const phone_number of ['1', '79001234567', 7, ' 7900 ', '10000000000']) {
    it(`takes the phone number ${JSON.stringify(phone_number)}`, async () => {
      const { status, body } = await api.rest('POST', '/clients/', { ...client, phone_number });
      expect([status, body.phone_number]).to.deep.equal([201, String(phone_number).trim()]);
    });
  }

  describe('older than the rule for numbers', () => {
    const insert = async (phone: string) => {
      const [row] = await api.query<{ id: number }>(
        `INSERT INTO clients (phone_number, timezone, code_id, tag_id) VALUES ($1, 'UTC', $2, $3) RETURNING id`,
        [phone, client.mobile_operator_code, client.tag],
      );
      return `/clients/${row!.id}/`;
    };

    for (const phone_number of ['07700900123', '+7900123456', '7 900', 'abc', '7,9:0']) {
      it(`can be read, listed, changed otherwise and deleted, as ${JSON.stringify(phone_number)}`, async () => {
        const path = await insert(phone_number);
        expect((await api.rest('GET', path)).body).to.include({ phone_number });
        expect((await api.rest('GET', '/clients/')).body.results[0]).to.include({ phone_number });
        const moved = await api.rest('PATCH', path, { timezone: 'Asia/Tokyo' });
        expect(moved.body).to.include({ phone_number, timezone: 'Asia/Tokyo' });
        const again = await api.rest('PUT', path, { ...client, phone_number });
        expect(again.body).to.include({ phone_number, timezone: client.timezone });
        const id = Number(path.split('/')[2]);
        expect(await api.trpc.clients.read.query({ id })).to.include({ phone_number });
        const other = await api.rest('PATCH', path, { phone_number: '0990', tag: 99 });
        expect(other.body).to.deep.equal({
          phone_number: [zero],
          tag: ['Invalid pk "99" - object does not exist.'],
        });
        expect((await api.rest('PATCH', path, { phone_number: '0990', tag: 'x' })).body).to.have.keys(
          'phone_number',
          'tag',
        );
        expect((await api.rest('PATCH', path, { phone_number: '7900' })).status).to.equal(200);
        expect((await api.rest('PATCH', path, { phone_number })).status, 'it is gone').to.equal(400);
        expect((await api.rest('DELETE', path)).status).to.equal(204);
      });
    }

    it('answers 404 where there is no client, whatever its number', async () => {
      expect((await api.rest('PATCH', '/clients/999999/', { phone_number: '007' })).status).to.equal(404);
    });
  });

  for (const timezone of [
    'Europe/Moscow',
    'UTC',
    'US/Eastern',
    'GMT',
    'Japan',
    'W-SU',
    'CET',
    '+03:00',
    '-0930',
    '+14:00',
  ]) {
    it(`knows the time zone ${timezone}`, async () => {
      expect((await api.rest('POST', '/clients/', { ...client, timezone })).status).to.equal(201);
    });
  }

  for (const timezone of ['Mars/Base', 'MSK', 'UTC+3', '+25:00', '+3', 'Europe']) {
    it(`does not know the time zone ${timezone}`, async () => {
      const { status, body } = await api.rest('POST', '/clients/', { ...client, timezone });
      expect(status).to.equal(400);
      expect(body.timezone[0]).to.match(/IANA time zone/);
      const { body: made } = await api.rest('POST', '/clients/', client);
      for (const [method, change] of [
        ['PATCH', { timezone }],
        ['PUT', { ...client, timezone }],
      ] as const) {
        const changed = await api.rest(method, `/clients/${made.id}/`, change);
        expect(changed).to.deep.include({ status: 400, body });
      }
    });
  }

  for (const [timezone, message] of [
    ['IST', '"IST" is ambiguous: use Asia/Jerusalem, Asia/Kolkata or Europe/Dublin.'],
    ['est', '"est" is ambiguous: use America/New_York or America/Panama.'],
    ['CST', '"CST" is ambiguous: use America/Chicago, America/Havana, America/Mexico_City or Asia/Shanghai.'],
    ['ECT', '"ECT" is an abbreviation, not an IANA time zone: use Europe/Paris.'],
  ] as const) {
    it(`refuses the abbreviation ${timezone} on every way in, and names what may be meant`, async () => {
      const refused = { status: 400, body: { timezone: [message] } };
      expect(await api.rest('POST', '/clients/', { ...client, timezone })).to.deep.include(refused);
      const { body } = await api.rest('POST', '/clients/', client);
      const path = `/clients/${body.id}/`;
      expect(await api.rest('PUT', path, { ...client, timezone })).to.deep.include(refused);
      expect(await api.rest('PATCH', path, { timezone })).to.deep.include(refused);
      const { create, partialUpdate } = api.trpc.clients;
      for (const call of [create.mutate({ ...client, timezone }), partialUpdate.mutate({ id: body.id, timezone })]) {
        const error = await call.then(
          () => null,
          (thrown: Error) => thrown,
        );
        expect(error).to.have.nested.property('data.fields[0].message', message);
      }
      const file = `phone_number,timezone,mobile_operator_code,tag\n7900,${timezone},${client.mobile_operator_code},${client.tag}\n`;
      const imported = await api.rest('POST', '/clients/import/', file, { 'content-type': 'text/csv' });
      expect(imported.body.errors[0].errors).to.deep.equal({ timezone: [message] });
      expect((await api.rest('GET', path)).body.timezone).to.equal(client.timezone);
    });
  }

  it('stores a time zone as it was given, in the spelling of the list, on every way in', async () => {
    const { body } = await api.rest('POST', '/clients/', { ...client, timezone: 'europe/kiev' });
    const path = `/clients/${body.id}/`;
    expect(body.timezone).to.equal('Europe/Kiev');
    expect((await api.rest('PATCH', path, { timezone: 'ASIA/CALCUTTA' })).body.timezone).to.equal('Asia/Calcutta');
    expect((await api.rest('PUT', path, { ...client, timezone: 'cet' })).body.timezone).to.equal('CET');
    expect((await api.rest('GET', path)).body.timezone).to.equal('CET');
    expect((await api.trpc.clients.create.mutate({ ...client, timezone: 'zulu' })).timezone).to.equal('Zulu');
    const file = `phone_number,timezone,mobile_operator_code,tag\n7901,asia/tokyo,${client.mobile_operator_code},${client.tag}\n`;
    await api.rest('POST', '/clients/import/', file, { 'content-type': 'text/csv' });
    expect((await api.rest('GET', '/clients/?phone_number=7901')).body.results[0].timezone).to.equal('Asia/Tokyo');
  });

  for (const timezone of ['IST', 'est', 'AET', 'UTC+3', 'Mars/Base']) {
    it(`keeps ${timezone} from before the list: it can be read, changed otherwise, repeated and deleted`, async () => {
      const { body: made } = await api.rest('POST', '/clients/', client);
      await api.query('UPDATE clients SET timezone = $2 WHERE id = $1', [made.id, timezone]);
      const path = `/clients/${made.id}/`;
      expect((await api.rest('GET', path)).body).to.include({ timezone });
      expect((await api.rest('PATCH', path, { phone_number: '7902' })).body).to.include({
        timezone,
        phone_number: '7902',
      });
      expect((await api.rest('PUT', path, { ...client, timezone })).body).to.include({ timezone });
      expect((await api.rest('PATCH', path, { timezone: 'PST' })).status).to.equal(400);
      expect((await api.rest('PATCH', path, { timezone: 'Europe/Dublin' })).status).to.equal(200);
      expect((await api.rest('PATCH', path, { timezone })).status, 'it is gone').to.equal(400);
      expect((await api.rest('DELETE', path)).status).to.equal(204);
    });
  }

  it('keeps a time zone from before there was a rule, and takes it once more', async () => {
    const { body: made } = await api.rest('POST', '/clients/', client);
    await api.query(`UPDATE clients SET timezone = 'Mars/Base' WHERE id = $1`, [made.id]);
    const path = `/clients/${made.id}/`;
    const put = await api.rest('PUT', path, { ...client, phone_number: '79001234568', timezone: 'Mars/Base' });
    expect(put).to.deep.include({ status: 200 });
    expect(put.body).to.include({ phone_number: '79001234568', timezone: 'Mars/Base' });
  });

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

    for (const [query, found] of [
      ['+79001234567', '"+" stands for a blank'],
      ['%2B79001234567', 'without "+".'],
      ['%2079', 'without blanks.'],
      ['79%20', 'without blanks.'],
      ['+', 'without blanks.'],
      ['7-9', 'without "-".'],
      ['abc', 'without "a", "b" or "c".'],
      ['79%E2%80%AA', 'without U+202A.'],
    ] as const) {
      it(`refuse the number ${query}, which is nobody's`, async () => {
        const { status, body } = await api.rest('GET', `/clients/?phone_number=${query}`);
        expect(status).to.equal(400);
        expect(Object.keys(body)).to.deep.equal(['phone_number']);
        expect(body.phone_number).to.have.length(1);
        expect(body.phone_number[0]).to.contain(found);
      });
    }

    it('find a number that is older than the rule', async () => {
      await api.query(`UPDATE clients SET phone_number = '07700900123' WHERE phone_number = '5'`);
      expect(await list('phone_number=07700900123')).to.deep.equal([1, '07700900123']);
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
