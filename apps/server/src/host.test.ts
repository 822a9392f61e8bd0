import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';

/** The stream is one that ends at once: there is no such mailing. */
const stream = '/live/mailing.watch?input=%7B%22json%22%3A%7B%22id%22%3A9%7D%7D';
const faces = ['/api/v1/', '/api/v1/tags/', '/trpc/tags.list', stream, '/jobs/', '/swagger/', '/'];
const authorization = `Basic ${btoa('admin:pw')}`;

describe('the Host of a request', () => {
  let database: TestDatabase;
  let server: TestProcess;
  let port: number;
  before(async () => {
    database = await createTestDatabase();
    server = startApp('apps/server/dist/main.js', { DATABASE_URL: database.url, PORT: '0', ADMIN_PASSWORD: 'pw' });
    port = Number(new URL(String((await server.ready()).url)).port);
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  /** Sends a head as it is, and gives the status and the body; 0 where the connection ends without an answer. */
  async function send(target: string, hosts: string[], version = '1.1') {
    const socket = connect(port, '127.0.0.1');
    const lines = [`GET ${target} HTTP/${version}`, ...hosts, `Authorization: ${authorization}`, 'Connection: close'];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    const timer = setTimeout(() => socket.end(), 500);
    const answer = await text(socket);
    clearTimeout(timer);
    return { status: Number(answer.split(' ')[1] ?? 0), answer };
  }

  for (const host of [
    'a b',
    '[::1',
    '[::1]x',
    'a/b',
    'a@b',
    'a?b',
    'a#b',
    'a\\b',
    'a:b',
    'a:99999',
    'a%zz',
    '1.2.3.400',
    '<a>',
    'é',
    'a,b',
    '"',
  ]) {
    it(`is refused on every face when it is ${host}`, async () => {
      for (const face of faces.slice(0, 5)) {
        const { status, answer } = await send(face, [`Host: ${host}`]);
        expect(status, `${face} ${answer}`).to.equal(400);
      }
      for (const face of faces) expect((await send(face, [`Host: ${host}`])).status, face).to.be.below(500);
    });
  }

  for (const host of [
    'localhost',
    'LocalHost:8005',
    'my_container:80',
    '127.0.0.1',
    '[::1]:8005',
    'a.example.',
    'localhost:',
  ]) {
    it(`may be ${host}`, async () => {
      expect((await send('/trpc/tags.list', [`Host: ${host}`])).answer).to.contain('request.invalid');
      expect((await send('/api/v1/', [`Host: ${host}`])).answer).to.contain(`"tags":"http://${host}/api/v1/tags/"`);
    });
  }

  it('is where the request came to, when HTTP/1.0 or a caller leaves it out', async () => {
    for (const hosts of [[], ['Host:'], ['Host:   ']]) {
      const { status, answer } = await send('/api/v1/', hosts, '1.0');
      expect(status).to.equal(200);
      expect(answer).to.contain(`"tags":"http://127.0.0.1:${port}/api/v1/tags/"`);
      for (const face of faces) expect((await send(face, hosts, '1.0')).status, face).to.be.below(500);
    }
    for (const face of faces) {
      expect((await send(face, ['Host:'])).status, face).to.be.below(500);
      expect((await send(face, [])).status, face).to.equal(400);
      expect((await send(face, ['Host: a', 'Host: b'])).status, face).to.be.below(500);
    }
  });

  it('may be in the target, and targets may be odd', async () => {
    for (const face of faces) {
      for (const target of [
        `http://x${face}`,
        `//x${face}`,
        `http://a b${face}`,
        `http://[::1${face}`,
        `${face}#x`,
        '*',
        face.slice(1),
      ]) {
        const { status } = await send(target, ['Host: localhost']);
        expect(status, target).to.be.below(500);
      }
    }
  });
});
