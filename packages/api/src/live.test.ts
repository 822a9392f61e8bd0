import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

const dates = { start_notification_date: '2098-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };

/** What the SDK's own tests do not show: who is let in, and who is let out. */
describe('live', () => {
  let api: TestApi;
  let mailing: number;

  before(async () => {
    api = await startApi();
    mailing = (await api.rest('POST', '/mailing/', { ...dates, text: 'hello', tags: [], codes: [] })).body.id;
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  const open = (authorization: string | null, id: unknown = mailing, signal?: AbortSignal) =>
    fetch(`${api.origin}/live/mailing.watch?input=${encodeURIComponent(JSON.stringify({ json: { id } }))}`, {
      headers: { accept: 'text/event-stream', ...(authorization && { authorization }) },
      signal,
    });
  /** What was told until it ended, or until it said something of this kind. */
  async function read(response: Response, until: string): Promise<string> {
    let told = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      told += chunk;
      if (told.includes(until)) break;
    }
    return told;
  }

  const canceled = '"status":"canceled"';

  it('tells nothing to strangers, nor to whom it is not allowed, nor of what is not there', async () => {
    for (const [authorization, id, code] of [
      [null, mailing, 'auth.required'],
      [api.basic('admin', 'wrong'), mailing, 'auth.failed'],
      [api.basic('ivan', 'secret'), mailing, 'auth.forbidden'],
      [api.basic('admin', 'pw'), 999, 'mailing.not_found'],
      [api.basic('admin', 'pw'), "1'; --", 'request.invalid'],
    ] as const) {
      const told = await (await open(authorization, id)).text();
      expect(told, code).to.contain(code);
      expect(told, code).not.to.contain('scheduled');
    }
  });

  it('tells how a mailing stands, and that it was canceled', async () => {
    const stop = new AbortController();
    const response = await open(api.basic('admin', 'pw'), mailing, stop.signal);
    expect(response.headers.get('content-type')).to.contain('text/event-stream');
    const told = read(response, canceled);
    await api.rest('POST', `/mailing/${mailing}/cancel/`);
    expect(await told).to.match(/"scheduled"[\s\S]*"status":"canceled"/);
    stop.abort();
  });

  it('tells nothing more to somebody who lost the right, within ten seconds', async () => {
    const view = (await api.rest('GET', '/permissions/?limit=1000')).body.results.find(
      ({ codename }: { codename: string }) => codename === 'view_statistic',
    );
    await api.rest('POST', '/users/', { username: 'olga', password: 'secret', user_permissions: [view.id] });
    const { body: other } = await api.rest('POST', '/mailing/', { ...dates, text: 'hello', tags: [], codes: [] });
    const response = await open(api.basic('olga', 'secret'), other.id);
    const told = read(response, 'auth.forbidden');
    await api.rest('PATCH', '/users/olga/', { user_permissions: [] });
    const startedAt = performance.now();
    expect(await told).to.contain('auth.forbidden');
    expect(performance.now() - startedAt).to.be.below(11_000);
  });

  it('looks at a mailing once a second, however many watch it', async () => {
    const { body } = await api.rest('POST', '/mailing/', { ...dates, text: 'hello', tags: [], codes: [] });
    const { sql } = api.database;
    let looks = 0;
    api.database.sql = (text, ...rest) => {
      if (text.includes('FROM mailings m, LATERAL')) looks += 1;
      return sql(text, ...rest);
    };
    const stop = new AbortController();
    const open20 = await Promise.all(
      Array.from({ length: 20 }, () => open(api.basic('admin', 'pw'), body.id, stop.signal)),
    );
    const told = open20.map((response) => read(response, canceled));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(looks).to.be.within(2, 5);
    await api.rest('POST', `/mailing/${body.id}/cancel/`);
    for (const each of await Promise.all(told)) expect(each).to.match(/"scheduled"[\s\S]*"status":"canceled"/);
    stop.abort();
    const before = looks;
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(looks).to.be.at.most(before + 1);
    api.database.sql = sql;
  });
});

describe('live streams', () => {
  let api: TestApi;
  let path: string;
  let streams: { status: number; headers: IncomingHttpHeaders; body: IncomingMessage; close(): void }[];
  before(async () => {
    api = await startApi({ liveStreamsPerUser: 3, liveStreams: 5 });
    const { body } = await api.rest('POST', '/mailing/', { ...dates, text: 'hello', tags: [], codes: [] });
    path = `/live/mailing.watch?input=${encodeURIComponent(JSON.stringify({ json: { id: body.id } }))}`;
    const view = (await api.rest('GET', '/permissions/?limit=1000')).body.results.find(
      ({ codename }: { codename: string }) => codename === 'view_statistic',
    );
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret', user_permissions: [view.id] });
  });
  after(() => api.stop());
  beforeEach(() => {
    streams = [];
  });
  afterEach(async () => {
    for (const { close } of streams) close();
    await eventually(async () => (await open('ivan', 'secret')).status === 200);
    for (const { close } of streams) close();
    await eventually(async () => {
      const some = await Promise.all([1, 2, 3].map(() => open('ivan', 'secret')));
      for (const { close } of some) close();
      return some.every(({ status }) => status === 200);
    });
  });

  async function open(username: string, password: string) {
    const request = get(`${api.origin}${path}`, {
      agent: false,
      headers: { authorization: api.basic(username, password) },
    });
    request.on('error', () => {});
    const [body] = (await once(request, 'response')) as [IncomingMessage];
    body.on('error', () => {});
    if (body.statusCode === 200) body.resume();
    const stream = { status: body.statusCode!, headers: body.headers, body, close: () => request.destroy() };
    streams.push(stream);
    return stream;
  }
  async function eventually(look: () => Promise<boolean>) {
    const startedAt = performance.now();
    while (!(await look())) {
      expect(performance.now() - startedAt, 'a place that is not given back').to.be.below(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('are so many for a user, and the next is refused before it begins', async () => {
    for (let n = 0; n < 3; n++) expect((await open('ivan', 'secret')).status).to.equal(200);
    const { status, headers, body } = await open('ivan', 'secret');
    expect(status).to.equal(429);
    expect(headers).to.include({ 'x-error-code': 'live.too_many', 'retry-after': '10' });
    expect(headers['content-type']).to.contain('application/json');
    const { error } = (await json(body)) as { error: { json: { message: string; data: object } } };
    expect(error.json.message).to.equal('You have 3 streams open, and may have no more: close one first.');
    expect(error.json.data).to.include({ error: 'live.too_many', httpStatus: 429 });
  });

  it('are so many in all', async () => {
    for (let n = 0; n < 3; n++) expect((await open('ivan', 'secret')).status).to.equal(200);
    for (let n = 0; n < 2; n++) expect((await open('admin', 'pw')).status).to.equal(200);
    const { status, body } = await open('admin', 'pw');
    expect(status).to.equal(429);
    expect(await text(body)).to.contain('This server has 5 streams open');
  });

  it('give their place back at once when they close, or break', async () => {
    for (const close of ['end', 'reset'] as const) {
      const three = await Promise.all([1, 2, 3].map(() => open('ivan', 'secret')));
      expect(three.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
      if (close === 'end') for (const each of three) each.close();
      else for (const { body } of three) body.socket.resetAndDestroy();
      await eventually(async () => (await open('ivan', 'secret')).status === 200);
      for (const each of streams) each.close();
      await eventually(async () => {
        const all = await Promise.all([1, 2, 3].map(() => open('ivan', 'secret')));
        for (const each of all) each.close();
        return all.every(({ status }) => status === 200);
      });
    }
  });

  it('give back the places of those that wait behind another on their connection', async () => {
    const { hostname, port } = new URL(api.origin);
    const head = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${api.basic('ivan', 'secret')}\r\n\r\n`;
    const socket = connect(Number(port), hostname);
    socket.write(head.repeat(3));
    await once(socket, 'data');
    await eventually(async () => {
      const { status, close } = await open('ivan', 'secret');
      close();
      return status === 429;
    });
    socket.destroy();
    await eventually(async () => (await open('ivan', 'secret')).status === 200);
  });

  it('take no place from whom nobody knows, nor for longer than their refusal takes', async () => {
    for (let n = 0; n < 10; n++) await open('nobody', `wrong ${n % 2}`);
    expect((await open('ivan', 'secret')).status).to.equal(200);
  });
});
