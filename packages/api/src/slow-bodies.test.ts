import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { slowBodiesPlugin } from './slow-bodies.js';

describe('slow bodies, and those in pieces,', () => {
  let app: FastifyInstance;
  let port: number;
  before(async () => {
    app = fastify();
    await app.register(slowBodiesPlugin, { wholeMs: 200, pauseMs: 150, mostPieces: 100 });
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post('/usual', async () => sleep(400, 'done'));
    app.post('/file', { config: { takesFile: true } }, async () => sleep(400, 'done'));
    app.addHook('onRequest', async ({ url }, reply) =>
      url.includes('refused') ? reply.code(401).send('no') : undefined,
    );
    app.post('/refused', async () => 'never');
    app.post('/refused-file', { config: { takesFile: true } }, async () => 'never');
    await app.listen({ port: 0, host: '127.0.0.1' });
    port = (app.server.address() as { port: number }).port;
  });
  after(() => app.close());

  /** Sends a body of six bytes, one after another, and gives the first line of the answer. */
  async function sendSlowly(path: string, everyMs: number, ends = true): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Length: 6\r\nConnection: close\r\n\r\n`,
    );
    for (const byte of ends ? 'abcdef' : 'abc') {
      await sleep(everyMs);
      if (!socket.destroyed) socket.write(byte);
    }
    await closed;
    return answer.split('\r\n')[0]!;
  }

  it('are hung up on, if they are no files', async () => {
    expect(await sendSlowly('/usual', 60)).to.equal('HTTP/1.1 408 Request Timeout');
    expect(await sendSlowly('/usual', 10, false)).to.equal('HTTP/1.1 408 Request Timeout');
  });

  it('may take their time, if they are files, as long as something comes', async () => {
    expect(await sendSlowly('/file', 60)).to.equal('HTTP/1.1 200 OK');
    expect(await sendSlowly('/file', 10, false)).to.equal('HTTP/1.1 408 Request Timeout');
  });

  /** Sends so many pieces of a byte at once, and gives the first line of the answer and whether all were taken. */
  async function sendPieces(path: string, count: number) {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => {
      answer += text;
    });
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', () => resolve(true)));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n`);
    await sleep(20);
    socket.write(`${'1\r\na\r\n'.repeat(count)}0\r\n\r\n`);
    const isCutOff = await Promise.race([closed, sleep(600, false)]);
    socket.destroy();
    return { line: answer.split('\r\n')[0], isCutOff };
  }

  it('are hung up on when the pieces are too many, also where nobody reads them', async () => {
    expect(await sendPieces('/usual', 90)).to.deep.equal({ line: 'HTTP/1.1 200 OK', isCutOff: false });
    expect(await sendPieces('/usual', 200)).to.deep.equal({ line: 'HTTP/1.1 400 Bad Request', isCutOff: true });
    expect(await sendPieces('/file', 200)).to.deep.equal({ line: 'HTTP/1.1 200 OK', isCutOff: false });
    for (const path of ['/refused', '/refused-file', '/nothing']) {
      expect((await sendPieces(path, 90)).isCutOff, path).to.equal(false);
      expect((await sendPieces(path, 200)).isCutOff, path).to.equal(true);
    }
  });

  it('let the answer take its time', async () => {
    expect(await sendSlowly('/usual', 5)).to.equal('HTTP/1.1 200 OK');
  });
});
