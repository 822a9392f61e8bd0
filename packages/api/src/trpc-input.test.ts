import { contract, type ProcedureContract, streams } from '@showroom/contract';
import { expect } from 'chai';
import superjson from 'superjson';
import { z } from 'zod';
import { startApi, type TestApi } from './api.suite.js';

describe('inputs over tRPC', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  async function post(path: string, body: unknown, authorization: string | null = api.basic('admin', 'pw')) {
    const response = await fetch(`${api.origin}/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const answer = await response.json();
    const first = Array.isArray(answer) ? answer[0] : answer;
    return { status: response.status, data: first.error?.json.data, message: first.error?.json.message, first };
  }

  const mailing = { tags: ['vip'], codes: [], text: 'hello' };
  const start = new Date('2098-01-01T10:00:00Z');
  const end = new Date('2099-01-01T10:00:00Z');

  it('have dates, what is undefined, and one object in two places', async () => {
    const names = ['vip'];
    const created = await api.trpc.mailing.create.mutate({
      ...mailing,
      tags: names,
      codes: [],
      start_notification_date: start,
      end_notification_date: end,
      send_per_second: undefined,
    });
    expect(created.start_notification_date).to.deep.equal(start);
    const twice = { ...mailing, start_notification_date: start, end_notification_date: end, x: [names, names] };
    const { json, meta } = superjson.serialize(twice);
    expect(meta).to.have.keys('values', 'referentialEqualities', 'v');
    delete (json as Partial<typeof twice>).x;
    expect((await post('mailing.create', { json, meta })).status).to.equal(200);
    expect((await post('tags.create', { json: null, meta: { values: ['undefined'] } })).data.error).to.equal(
      'request.invalid',
    );
  });

  it('ask for no more rows than one page may have, over all of a batch, whether they name a limit or not', async () => {
    const read = async (path: string, ...limits: (number | undefined)[]) => {
      const input = Object.fromEntries(limits.map((limit, index) => [index, { json: { limit } }]));
      const paths = limits.map(() => path).join();
      const url = `${api.origin}/trpc/${paths}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`;
      const response = await fetch(url, { headers: { authorization: api.basic('admin', 'pw') } });
      const answers = (await response.json()) as { error?: { json: { message: string } } }[];
      return answers.map(({ error }) => error?.json.message ?? 'ok');
    };
    expect(await read('tags.list', 10_000)).to.deep.equal(['ok']);
    expect(await read('tags.list', 5_000, 5_000)).to.deep.equal(['ok', 'ok']);
    const answers = await read('tags.list', 4_000, 6_000, 1);
    expect(answers.filter((answer) => answer === 'ok')).to.have.length(2);
    expect(answers.join()).to.contain('at most 10000 rows together').and.contain('Its limit is');
    const hundred = Array<undefined>(100).fill(undefined);
    expect(await read('tags.list', ...hundred)).to.deep.equal(Array(100).fill('ok'));
    expect((await read('tags.list', 9_901, undefined)).join()).to.contain('It has no limit, so it counts as 100.');
    expect(await read('statistic.list', undefined)).to.deep.equal(['ok']);
    expect((await read('statistic.list', undefined, undefined)).sort()).to.satisfy(
      ([refused, ok]: string[]) => ok === 'ok' && refused?.includes('so it counts as 10000.'),
    );
    expect(await read('statistic.list', 5_000, 5_000)).to.deep.equal(['ok', 'ok']);
  });

  it('have no more than a thousand annotations, over all of a batch', async () => {
    const annotated = (count: number) => ({
      json: Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, null])),
      meta: { values: Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, ['undefined']])) },
    });
    expect((await post('auth.logout', annotated(1_000))).message).to.equal('Some values were refused.');
    expect((await post('auth.logout', annotated(1_001))).message).to.match(/at most 1000 annotations/);
    const halves = await post('auth.logout,auth.logout,auth.logout?batch=1', {
      0: annotated(500),
      1: annotated(500),
      2: annotated(1),
    });
    expect(halves.first.error.json.message).to.equal('Some values were refused.');
    const { status, first } = await post('auth.logout,auth.logout?batch=1', { 0: annotated(1_001), 1: { json: {} } });
    expect(status).to.equal(207);
    expect(first.error.json.message).to.match(/annotations/);
  });

  it('name a date that is none', async () => {
    const values = { start_notification_date: ['Date'], end_notification_date: ['Date'] };
    const json = { ...mailing, start_notification_date: 'x', end_notification_date: end };
    const { status, data } = await post('mailing.create', { json, meta: { values } });
    expect(status).to.equal(400);
    expect(data.fields).to.deep.equal([
      { path: ['start_notification_date'], message: 'Must be a moment such as "2026-12-01T18:00:00Z".' },
    ]);
  });

  const odd: Record<string, unknown> = {
    'no object': 5,
    null: null,
    'an array': [],
    'a text for meta': { json: {}, meta: 'x' },
    'an array for meta': { json: {}, meta: [] },
    'a number for values': { json: {}, meta: { values: 5 } },
    'an empty array for values': { json: {}, meta: { values: [] } },
    'a set for values': { json: [], meta: { values: ['set'] } },
    'a date with children': { json: { username: 'a' }, meta: { values: { username: ['Date', { a: ['Date'] }] } } },
    'a tree': { json: { username: { a: 'b' } }, meta: { values: { username: { a: ['Date'] } } } },
    'a path to nothing': { json: { username: 'a' }, meta: { values: { password: ['Date'] } } },
    'a path through a text': { json: { username: 'a' }, meta: { values: { 'username.0': ['Date'] } } },
    'a path to a length': { json: { username: [] }, meta: { values: { 'username.length': ['undefined'] } } },
    'an index beyond the end': { json: { username: [1] }, meta: { values: { 'username.9': ['undefined'] } } },
    'a number for a date': { json: { username: 1 }, meta: { values: { username: ['Date'] } } },
    'a text for undefined': { json: { username: 'a' }, meta: { values: { username: ['undefined'] } } },
    'an inherited path': { json: { username: 'a' }, meta: { values: { 'constructor.name': ['Date'] } } },
    'a deep path': { json: {}, meta: { values: { 'a.a.a.a.a.a.a.a.a': ['Date'] } } },
    'a long path': { json: {}, meta: { values: { ['a'.repeat(501)]: ['Date'] } } },
  };
  for (const [name, body] of Object.entries(odd)) {
    it(`are a 400 for ${name}, with a code of the table`, async () => {
      for (const path of ['auth.login', 'tags.create']) {
        const { status, data } = await post(path, body);
        expect(status, path).to.equal(400);
        expect(data.error, path).to.equal('request.invalid');
      }
      const batch = await post('auth.login?batch=1', { 0: body });
      expect(batch.status).to.equal(400);
      const { status } = await post('tags.create', body, null);
      expect(status).to.equal(401);
    });
  }

  it('are not read of whom may not call, unless they name who it is about', async () => {
    const asIvan = api.basic('ivan', 'secret');
    expect((await post('tags.create', 'no JSON at all', asIvan)).status).to.equal(403);
    expect((await post('users.partialUpdate', 'no JSON at all', asIvan)).status).to.equal(400);
    const own = { json: { user: 'ivan', first_name: 'Ivan' } };
    expect((await post('users.partialUpdate', own, asIvan)).status).to.equal(200);
    expect((await post('users.partialUpdate', { json: { user: 'admin' } }, asIvan)).status).to.equal(403);
  });

  it('are JSON, whatever else tRPC would read', async () => {
    for (const type of ['multipart/form-data; boundary=x', 'application/octet-stream', 'text/plain', 'x']) {
      for (const path of ['trpc/auth.login', 'trpc/tags.create', 'live/mailing.watch']) {
        const headers = { 'content-type': type };
        const { status } = await fetch(`${api.origin}/${path}`, { method: 'POST', headers, body: '--x--' });
        expect(status, `${type} ${path}`).to.equal(415);
      }
    }
  });

  it('are read alike by GET, and of a stream', async () => {
    const headers = { authorization: api.basic('admin', 'pw') };
    const ask = async (path: string, input: unknown) => {
      const response = await fetch(`${api.origin}/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, {
        headers,
      });
      return response.text();
    };
    const set = { json: { id: 1 }, meta: { values: { id: ['set'] } } };
    for (const path of ['trpc/tags.read', 'live/mailing.watch']) {
      expect(await ask(path, set), path).to.contain('request.invalid');
      expect(await ask(path, { json: { id: 1, colour: 2 } }), path).to.contain('colour');
    }
    expect(await ask('live/mailing.watch', { json: { id: 999 } })).to.contain('mailing.not_found');
    const resumed = await fetch(
      `${api.origin}/live/mailing.watch?lastEventId=1&input=${encodeURIComponent('{"json":{"id":999}}')}`,
      { headers },
    );
    expect(await resumed.text()).to.contain('mailing.not_found');
  });

  it('name fields that the contract does not know, and refuse them', async () => {
    const { status, data } = await post('tags.create', { json: { name: 'new', colour: 'red', __proto: 1 } });
    expect(status).to.equal(400);
    expect(data.error).to.equal('request.invalid');
    expect(data.fields).to.deep.equal([
      { path: ['colour'], message: 'There is no field "colour" here: leave it out.' },
      { path: ['__proto'], message: 'There is no field "__proto" here: leave it out.' },
    ]);
    expect((await api.rest('GET', '/tags/?name=new')).body.count).to.equal(0);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`.padStart(500, 'k'), 1]));
    const bounded = await post('tags.create', { json: { name: 'new', ...many } });
    expect(bounded.data.fields).to.have.length(20);
    expect(bounded.data.fields[0].message).to.have.length.below(200);
  });

  for (const key of ['constructor', '__proto__', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
    it(`take nothing from an object’s prototype: ${key}`, async () => {
      const wrong = `{"json":{"email":"bad","name":"","${key}":1}}`;
      const calls = ['auth.changeMe', 'tags.create', 'clients.create', 'users.create', 'groups.create', 'codes.create'];
      for (const path of [...calls, 'mailing.create', 'tokens.create', 'auth.login', 'mailing.resolve']) {
        const { status, data } = await post(path, wrong);
        expect(status, path).to.equal(400);
        expect(JSON.stringify(data.fields), path).to.contain(`"${key}"`);
      }
      for (const path of [key, `tags.${key}`, `${key}.tags`]) {
        expect((await post(path, '{"json":{}}')).status, path).to.equal(404);
      }
      const { status } = await api.rest('GET', `/tags/?format=${key}`);
      expect(status).to.equal(404);
      expect((await api.rest('POST', '/tags/', `{"name":"", "${key}": 1}`)).body).to.have.keys('name');
    });
  }

  it('have no object within: each would have to refuse what it does not know', () => {
    const resources = [...Object.values(contract), ...Object.values(streams)];
    for (const { operationId, input } of resources.flatMap((each): ProcedureContract[] => Object.values(each))) {
      const fields = Object.values((input as z.ZodObject).shape) as z.ZodType[];
      const schema = JSON.stringify(
        z.toJSONSchema(z.object(Object.fromEntries(fields.entries())), { unrepresentable: 'any', io: 'input' })
          .properties,
      );
      expect(schema, operationId).not.to.match(/"type":"object"/);
    }
  });
});
