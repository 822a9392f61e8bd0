import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Outcome, Provider } from '@showroom/dispatch';
import { expect } from 'chai';
import { createProbeServer } from './probe-server.js';

const origin = { requestId: null, traceParent: null };
const message = { id: 7, phone: '79001234567', text: 'Привет', mailingId: 1, clientId: 2, origin };

describe('probe server', () => {
  let server: Server;
  let provider: Provider;
  let answer: RequestListener;

  before(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    provider = createProbeServer({ url: `http://127.0.0.1:${port}/gate/`, token: 'secret' });
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await provider.close();
  });

  const respondWith = (status: number, body: string, headers: Record<string, string> = {}) => {
    answer = (_request, response) => response.writeHead(status, headers).end(body);
  };
  const send = async (timeoutMs = 1_000): Promise<Outcome> => (await provider.send(message, timeoutMs, () => true))!;

  it('posts id, phone as a number and text, with the token, below the given path', async () => {
    let seen: { method?: string; url?: string; authorization?: string; body?: unknown } = {};
    answer = async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      seen = {
        method: request.method,
        url: request.url,
        authorization: request.headers.authorization,
        body: JSON.parse(body),
      };
      response.end('{"code":0,"message":"OK"}');
    };
    expect(await send()).to.deep.equal({ kind: 'accepted', httpStatus: 200, code: 0 });
    expect(seen).to.deep.equal({
      method: 'POST',
      url: '/gate/v1/send/7',
      authorization: 'Bearer secret',
      body: { id: 7, phone: 79001234567, text: 'Привет' },
    });
  });

  for (const status of [401, 403, 408, 425, 429, 500, 503]) {
    it(`takes ${status} for busy`, async () => {
      respondWith(status, 'no');
      expect(await send()).to.include({ kind: 'busy', detail: `HTTP ${status}: no`, httpStatus: status });
    });
  }

  for (const status of [301, 400, 404, 422]) {
    it(`takes ${status} for a refusal`, async () => {
      respondWith(status, 'no such phone');
      expect(await send()).to.include({ kind: 'refused', detail: `HTTP ${status}: no such phone`, httpStatus: status });
    });
  }

  it('hears how long to wait, in seconds or until a date', async () => {
    respondWith(429, '', { 'retry-after': '7' });
    expect(await send()).to.include({ retryAfterMs: 7_000 });
    respondWith(503, '', { 'retry-after': new Date(Date.now() + 60_000).toUTCString() });
    expect(((await send()) as { retryAfterMs: number }).retryAfterMs).to.be.within(55_000, 60_000);
  });

  it('takes another code than 0 for a refusal', async () => {
    respondWith(200, '{"code":1,"message":"no money"}');
    expect(await send()).to.include({ kind: 'refused' });
  });

  for (const body of ['', 'OK', '{"message":"OK"}', '{"code":"0"}', 'null', '[]', '<html>']) {
    it(`is in the dark about 200 ${JSON.stringify(body)}`, async () => {
      respondWith(200, body);
      expect(await send()).to.include({ kind: 'unknown' });
    });
  }

  it('does not read an answer without end', async () => {
    respondWith(200, 'x'.repeat(1_000_000));
    expect(await send()).to.include({ kind: 'unknown' });
  });

  it('gives up in time on a provider that hangs, and does not know', async () => {
    answer = () => {};
    const startedAt = performance.now();
    expect(await send(100)).to.deep.equal({ kind: 'unknown', detail: 'no answer in time' });
    expect(performance.now() - startedAt).to.be.lessThan(900);
  });

  it('does not know when the connection breaks after the request', async () => {
    answer = (request) => request.socket.destroy();
    expect(await send()).to.include({ kind: 'unknown' });
  });

  it('tells the provider which request the mailing came with, and its place in a trace, where they are known', async () => {
    const seen: unknown[] = [];
    answer = ({ headers }, response) => {
      seen.push([headers['x-request-id'], headers.traceparent]);
      response.end('{"code":0}');
    };
    const traceParent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    for (const told of [origin, { requestId: 'r-1', traceParent }, { requestId: 'r-2', traceParent: null }]) {
      expect(await provider.send({ ...message, origin: told }, 1_000, () => true)).to.include({ kind: 'accepted' });
    }
    expect(seen).to.deep.equal([
      [undefined, undefined],
      ['r-1', traceParent],
      ['r-2', undefined],
    ]);
  });

  it('asks at the last moment whether it may still start, and writes nothing when not', async () => {
    let arrived = 0;
    answer = (_request, response) => {
      arrived++;
      response.end('{"code":0}');
    };
    expect(await provider.send(message, 1_000, () => false)).to.equal(null);
    expect(arrived).to.equal(0);
    expect(await send()).to.include({ kind: 'accepted' });
  });

  it('says when it is not the message but our token', async () => {
    for (const [status, fault] of [
      [401, 'credentials'],
      [403, 'credentials'],
      [503, undefined],
    ] as const) {
      respondWith(status, '{"code":7}');
      expect(await send()).to.include({ kind: 'busy', fault, code: 7 });
    }
  });

  it('takes a refused connection for busy: nothing was asked', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nobody = createProbeServer({ url: `http://127.0.0.1:${port}`, token: 'secret' });
    expect(await nobody.send(message, 1_000, () => true)).to.include({ kind: 'busy' });
    await nobody.close();
  });
});
