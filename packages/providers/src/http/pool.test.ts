import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { NotConnectedError } from './answer.js';
import { HttpPool, type HttpPoolOptions } from './pool.js';

/** The request of a name, and the answer that says it back. */
const request = (name: string) => `POST /${name} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`;
const answer = (body: string, headers = '') =>
  `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;

const always = (): boolean => true;

describe('http pool', () => {
  let server: Server;
  let sockets: Socket[];
  let pool: HttpPool;
  /** What arrived, as names, connection by connection. */
  let arrived: string[][];
  /** What becomes of a request: by default it is answered with its name. */
  let serve: (name: string, socket: Socket) => void;

  function accept(socket: Socket): void {
    const names: string[] = [];
    sockets.push(socket);
    arrived.push(names);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const [, name] of chunk.toString().matchAll(/POST \/(\S+) /g)) {
        names.push(name!);
        serve(name!, socket);
      }
    });
  }
  const listen = async (listening: Server) => {
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    return (listening.address() as AddressInfo).port;
  };
  async function open(options: Partial<HttpPoolOptions> = {}): Promise<void> {
    const url = `http://127.0.0.1:${await listen(server)}`;
    pool = new HttpPool({ url, connections: 4, largestAnswerBytes: 1_000, connectTimeoutMs: 1_000, ...options });
  }
  const ask = async (name: string, { timeoutMs = 2_000, mayStart = always } = {}) =>
    (await pool.ask({ bytes: request(name), encoding: 'utf8', timeoutMs, mayStart }))?.body ?? null;
  const failure = (name: string, timeoutMs?: number) =>
    ask(name, { timeoutMs }).then(
      (body) => `answered ${body}`,
      (error: Error) => `${error.constructor.name}: ${error.message}`,
    );

  beforeEach(() => {
    sockets = [];
    arrived = [];
    serve = (name, socket) => socket.write(answer(name));
    server = createServer(accept);
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await pool.close();
  });

  it('opens as many connections as are needed at once, and uses them again', async () => {
    await open();
    const names = Array.from({ length: 50 }, (_, index) => `n${index}`);
    expect(await Promise.all(names.map((name) => ask(name)))).to.deep.equal(names);
    expect(arrived).to.have.length(4);
    for (const name of names) expect(await ask(name)).to.equal(name);
    expect(arrived).to.have.length(4);
  });

  it('has one request on a connection, unless more are allowed', async () => {
    const held: (() => void)[] = [];
    serve = (name, socket) => void held.push(() => socket.write(answer(name)));
    await open({ connections: 2 });
    const all = ['a', 'b', 'c', 'd'].map((name) => ask(name));
    await sleep(50);
    expect(arrived).to.deep.equal([['a'], ['b']]);
    while (held.length > 0) {
      for (const release of held.splice(0)) release();
      await sleep(20);
    }
    expect(await Promise.all(all)).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('sends requests in a row where that is allowed, in few pieces, and gives each its own answer', async () => {
    await open({ connections: 2, pipelining: 16 });
    const names = Array.from({ length: 400 }, (_, index) => `n${index}`);
    expect(await Promise.all(names.map((name) => ask(name)))).to.deep.equal(names);
    expect(arrived).to.have.length(2);
    expect(arrived.every((each) => each.length > 100)).to.equal(true);
  });

  it('writes nothing for what may not start any more when the connection is there', async () => {
    await open({ connections: 1 });
    let isAllowed = true;
    const first = ask('first');
    const second = ask('second', { mayStart: () => isAllowed });
    isAllowed = false;
    expect(await first).to.equal('first');
    expect(await second).to.equal(null);
    expect(await ask('third')).to.equal('third');
    expect(arrived).to.deep.equal([['first', 'third']]);
  });

  it('opens another connection after one that the server closes with its answer', async () => {
    serve = (name, socket) => socket.end(answer(name, 'Connection: close\r\n'));
    await open({ connections: 1 });
    expect(await Promise.all(['a', 'b', 'c'].map((name) => ask(name)))).to.deep.equal(['a', 'b', 'c']);
    expect(arrived).to.deep.equal([['a'], ['b'], ['c']]);
  });

  it('reads an answer that ends with its connection', async () => {
    serve = (name, socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${name}`);
    await open();
    expect(await ask('a')).to.equal('a');
  });

  it('does not use a connection for longer than the server keeps it', async () => {
    serve = (name, socket) => socket.write(answer(name, 'Keep-Alive: timeout=1\r\n'));
    await open({ connections: 1 });
    await ask('a');
    await ask('b');
    expect(arrived).to.have.length(2);
  });

  it('notices that an idle connection was closed', async () => {
    await open({ connections: 1 });
    await ask('a');
    sockets[0]!.destroy();
    await sleep(20);
    expect(await ask('b')).to.equal('b');
  });

  it('gives up in time, and lets no late answer be another’s', async () => {
    serve = (name, socket) => void setTimeout(() => socket.write(answer(name)), name === 'slow' ? 150 : 0);
    await open({ connections: 1 });
    expect(await failure('slow', 100)).to.equal('LateError: no answer in time');
    expect(await ask('next')).to.equal('next');
    await sleep(100);
    expect(await ask('last')).to.equal('last');
  });

  it('tells who was not asked in time from who was not answered', async () => {
    serve = () => {};
    await open({ connections: 1 });
    const [first, second] = await Promise.all([failure('a', 200), failure('b', 100)]);
    expect(first).to.equal('LateError: no answer in time');
    expect(second).to.equal('LateError: no connection in time');
    expect(arrived).to.deep.equal([['a']]);
  });

  it('leaves those in doubt that wait behind a late one on its connection', async () => {
    serve = () => {};
    await open({ connections: 1, pipelining: 4 });
    const [first, second] = await Promise.all([failure('a', 100), failure('b', 1_000)]);
    expect(first).to.equal('LateError: no answer in time');
    expect(second).to.include('HttpError: the connection was given up');
    expect(arrived).to.deep.equal([['a', 'b']]);
  });

  for (const [what, says] of [
    ['two answers to one request', answer('a') + answer('b')],
    ['an answer to nothing, later', answer('a')],
  ] as const) {
    it(`trusts no connection that gives ${what}`, async () => {
      serve = (name, socket) => {
        socket.write(name === 'a' ? says : answer(name));
        if (name === 'a') setTimeout(() => socket.writable && socket.write(answer('stray')), 20);
      };
      await open({ connections: 1 });
      expect(await ask('a')).to.equal('a');
      await sleep(60);
      expect(await ask('b')).to.equal('b');
      expect(arrived).to.deep.equal([['a'], ['b']]);
    });
  }

  it('fails what was asked on a connection that breaks, and nothing else', async () => {
    serve = (name, socket) => (name === 'bad' ? socket.destroy() : setTimeout(() => socket.write(answer(name)), 50));
    await open({ connections: 2 });
    const good = ask('good');
    expect(await failure('bad')).to.match(/^(HttpError|Error): /);
    expect(await good).to.equal('good');
    expect(await ask('after')).to.equal('after');
  });

  it('fails at once where nobody listens', async () => {
    await open();
    const nobody = createServer();
    const port = await listen(nobody);
    await new Promise((resolve) => nobody.close(resolve));
    const url = `http://127.0.0.1:${port}`;
    const closed = new HttpPool({ url, connections: 2, largestAnswerBytes: 1_000, connectTimeoutMs: 1_000 });
    const asking = Array.from({ length: 5 }, () =>
      closed.ask({ bytes: request('a'), encoding: 'utf8', timeoutMs: 1_000, mayStart: always }),
    );
    for (const result of await Promise.allSettled(asking)) {
      expect(result.status === 'rejected' && result.reason).to.be.instanceOf(NotConnectedError);
    }
    await closed.close();
  });

  it('ends when everything is answered', async () => {
    serve = (name, socket) => void setTimeout(() => socket.write(answer(name)), 50);
    await open({ connections: 2 });
    const asked = ['a', 'b', 'c'].map((name) => ask(name));
    await pool.close();
    expect(await Promise.all(asked)).to.deep.equal(['a', 'b', 'c']);
    await Promise.all(sockets.map((socket) => socket.destroyed || once(socket, 'close')));
  });

  it('speaks TLS, and only with whom it can trust', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'provider.test' }], {
      keyType: 'ec',
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    server = createTlsServer({ key, cert }, accept);
    server.on('tlsClientError', () => {});
    await open();
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { url, connections: 2, largestAnswerBytes: 1_000, connectTimeoutMs: 1_000 };
    const plain = { bytes: request('a'), encoding: 'utf8', timeoutMs: 1_000, mayStart: always } as const;
    const stranger = new HttpPool(options);
    expect(await stranger.ask(plain).catch((error: Error) => error.message)).to.match(/self-signed/);
    const friend = new HttpPool({ ...options, tls: { ca: cert } });
    expect((await friend.ask(plain))?.body).to.equal('a');
    await Promise.all([stranger.close(), friend.close()]);
  });
});
