import { Agent, request } from 'node:http';
import { expect } from 'chai';
import type { InboxMessage } from './inbox.js';
import { type OpenProbe, openProbe } from './probe.suite.js';

describe('probe send', () => {
  let probe: OpenProbe;
  beforeEach(async () => {
    probe = await openProbe({ token: 'secret' });
  });
  afterEach(() => probe.close());

  it('accepts a message', async () => {
    const response = await probe.send(1);
    expect(response.status).to.equal(200);
    expect(await response.json()).to.deep.equal({ code: 0, message: 'OK' });
    expect(await probe.counts()).to.include({ requests: 1, accepted: 1, unique: 1, duplicates: 0, max_in_flight: 1 });
  });

  it('counts an id accepted again as a duplicate', async () => {
    for (const id of [1, 2, 1]) await probe.send(id);
    expect(await probe.counts()).to.deep.include({ accepted: 3, unique: 2, duplicates: 1, answers: { 200: 3 } });
  });

  it('answers 401 without a token and with a wrong one, and delivers nothing', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic secret', 'secret', 'Bearer secret secret']) {
      const response = await probe.send(1, { headers: { authorization, 'content-type': 'application/json' } });
      expect(response.status, authorization).to.equal(401);
      expect(response.headers.get('www-authenticate')).to.equal('Bearer');
      expect(await response.json())
        .to.have.property('message')
        .that.matches(/token/);
    }
    expect(await probe.counts()).to.deep.include({ requests: 6, accepted: 0, answers: { 401: 6 } });
  });

  it('accepts any token when none is configured, but not none', async () => {
    const open = await openProbe();
    expect((await open.send(1, {})).status).to.equal(200);
    expect((await open.send(2, { headers: { 'content-type': 'application/json' } })).status).to.equal(401);
    await open.close();
  });

  const malformed: Record<string, [body: string | undefined, message: RegExp]> = {
    'text that is no JSON': ['{"id": 1', /JSON/],
    'no body': ['', /body/i],
    'a body that is no object': ['[1]', /object/],
    'a phone in a string': ['{"id": 1, "phone": "79001234567", "text": "x"}', /^phone: .*expected/],
    'a fraction as id': ['{"id": 1.5, "phone": 7, "text": "x"}', /^id: .*int/],
    'no text': ['{"id": 1, "phone": 7}', /^text: /],
    'a text that is no string': ['{"id": 1, "phone": 7, "text": null}', /^text: /],
    'an id that differs from the path': ['{"id": 2, "phone": 7, "text": "x"}', /body says 2, the path says 1/],
  };
  for (const [what, [body, message]] of Object.entries(malformed)) {
    it(`answers 400 to ${what}`, async () => {
      const response = await probe.send(1, { body });
      expect(response.status).to.equal(400);
      const answer = (await response.json()) as { code: number; message: string };
      expect(answer.code).to.equal(400);
      expect(answer.message).to.match(message);
      expect(await probe.counts()).to.deep.include({ requests: 1, accepted: 0, answers: { 400: 1 } });
    });
  }

  it('answers 413 to a body over 64 KB, 415 to one that is no JSON, 404 to another path', async () => {
    const huge = JSON.stringify({ id: 1, phone: 7, text: 'x'.repeat(64 * 1024) });
    expect((await probe.send(1, { body: huge })).status).to.equal(413);
    const headers = { authorization: 'Bearer secret', 'content-type': 'text/csv' };
    expect((await probe.send(1, { headers })).status).to.equal(415);
    expect((await probe.call('POST', '/v1/other')).status).to.equal(404);
    expect(await probe.counts()).to.deep.include({ requests: 2, accepted: 0, answers: { 413: 1, 415: 1 } });
  });

  it('takes 20,000 messages over keep-alive connections and counts each of them', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    await Promise.all(Array.from({ length: 20_000 }, (_, index) => sendBy(agent, probe.port, index + 1)));
    agent.destroy();
    const counts = await probe.counts();
    expect(counts).to.deep.include({ requests: 20_000, accepted: 20_000, unique: 20_000, duplicates: 0 });
    expect(counts).to.deep.include({ answers: { 200: 20_000 }, in_flight: 0, after_end: 0 });
  });
});

describe('probe control', () => {
  let probe: OpenProbe;
  beforeEach(async () => {
    probe = await openProbe({ inboxSize: 5 });
  });
  afterEach(() => probe.close());

  const messages = async (query = '') =>
    (await (await probe.call('GET', `/messages${query}`)).json()) as InboxMessage[];

  it('shows the last messages, newest first, as phones got them', async () => {
    const text = '<img src=x onerror=alert(1)> здравствуйте';
    for (let id = 1; id <= 6; id += 1) {
      await probe.send(id, { body: JSON.stringify({ id, phone: 79_000_000_000 + (id % 2), text }) });
    }
    await probe.send(6);
    const all = await messages();
    expect(all.map(({ id }) => id)).to.deep.equal([6, 6, 5, 4, 3]);
    expect(all[0]).to.include({ id: 6, phone: 79_001_234_567, text: 'Hello', duplicate: true });
    expect(all[1]).to.include({ id: 6, phone: 79_000_000_000, text, duplicate: false });
    expect(Date.parse(all[0]!.at)).to.be.closeTo(Date.now(), 60_000);
    expect((await messages('?phone=79000000001')).map(({ id }) => id)).to.deep.equal([5, 3]);
    expect(await messages('?id=6&limit=1')).to.deep.equal([all[0]]);
  });

  it('answers 400 to a wrong query', async () => {
    for (const query of ['phone=x', 'id=1.5', 'limit=0', 'limit=', 'colour=red']) {
      expect((await probe.call('GET', `/messages?${query}`)).status, query).to.equal(400);
    }
  });

  it('forgets counts and inbox on DELETE /messages, so that an id is new again', async () => {
    await probe.send(1);
    const response = await probe.call('DELETE', '/messages');
    const nothing = {
      requests: 0,
      accepted: 0,
      unique: 0,
      duplicates: 0,
      after_end: 0,
      in_flight: 0,
      max_in_flight: 0,
    };
    expect(await response.json()).to.deep.equal({ ...nothing, answers: {}, first_at: null, last_at: null });
    expect(await messages()).to.deep.equal([]);
    await probe.send(1);
    expect(await probe.counts()).to.include({ unique: 1, duplicates: 0 });
  });

  it('counts requests after the end, until there is none', async () => {
    const future = new Date(Date.now() + 3_600_000).toISOString();
    expect(await (await probe.call('PUT', '/end', { at: future })).json()).to.deep.equal({ at: future });
    await probe.send(1);
    expect(await probe.counts()).to.include({ after_end: 0 });

    await probe.call('PUT', '/end', { at: '2020-01-01T03:00:00+03:00' });
    expect(await (await probe.call('GET', '/end')).json()).to.deep.equal({ at: '2020-01-01T00:00:00.000Z' });
    await probe.send(2);
    expect(await probe.counts()).to.include({ after_end: 1 });

    expect(await (await probe.call('DELETE', '/end')).json()).to.deep.equal({ at: null });
    await probe.send(3);
    const { first_at, last_at, ...counts } = await probe.counts();
    expect(counts).to.include({ after_end: 1, accepted: 3 });
    expect(Date.parse(last_at!)).to.be.at.least(Date.parse(first_at!));
  });

  it('answers 400 to an end that is no date', async () => {
    for (const body of [{ at: 'tomorrow' }, { at: '2020-01-01' }, { at: 5 }, {}]) {
      const response = await probe.call('PUT', '/end', body);
      expect(response.status).to.equal(400);
      expect(await response.json())
        .to.have.property('message')
        .that.matches(/^at: /);
    }
  });

  it('answers GET /healthz', async () => {
    expect(await (await probe.call('GET', '/healthz')).json()).to.deep.equal({ status: 'ok' });
  });

  it('serves a page that loads nothing from elsewhere and never writes data as HTML', async () => {
    const response = await probe.call('GET', '/');
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).to.match(/^default-src 'none'/);
    const page = await response.text();
    expect(page).to.match(/^<!doctype html>/);
    expect(page).to.not.match(/https?:|innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});

/** `fetch` is too slow for a long run: node:http, one connection per socket of the agent. */
function sendBy(agent: Agent, port: number, id: number): Promise<void> {
  const body = JSON.stringify({ id, phone: 79_000_000_000 + id, text: `Hello ${id}` });
  const headers = { authorization: 'Bearer secret', 'content-type': 'application/json', 'content-length': body.length };
  return new Promise((resolve, reject) => {
    request({ agent, port, method: 'POST', path: `/v1/send/${id}`, headers }, (response) => {
      response.resume().once('end', resolve);
    })
      .once('error', reject)
      .end(body);
  });
}
