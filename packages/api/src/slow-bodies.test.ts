import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { slowBodiesPlugin } from './slow-bodies.js';

describe('slow bodies', () => {
  let app: FastifyInstance;
  let port: number;
  before(async () => {
    app = fastify();
    await app.register(slowBodiesPlugin, { wholeMs: 200, pauseMs: 150 });
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.post('/usual', async () => sleep(400, 'done'));
    app.post('/file', { config: { takesFile: true } }, async () => sleep(400, 'done'));
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

  it('let the answer take its time', async () => {
    expect(await sendSlowly('/usual', 5)).to.equal('HTTP/1.1 200 OK');
  });
});
