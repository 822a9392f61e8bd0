import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { type OpenProbe, openProbe } from './probe.suite.js';

describe('the hosts that the probe answers as', () => {
  let probe: OpenProbe;
  before(async () => {
    probe = await openProbe({ hosts: ['probe', 'probe.example', '[fd00::7]'] });
  });
  after(() => probe.close());

  const body = '{"id":1,"phone":7,"text":"x"}';
  /** Each face of the probe, and one that it does not have. */
  const heads = [
    'GET / HTTP/1.1',
    'GET /healthz HTTP/1.1',
    'GET /messages HTTP/1.1',
    'GET /counts HTTP/1.1',
    'GET /nothing HTTP/1.1',
    'DELETE /messages HTTP/1.1',
    'DELETE /faults HTTP/1.1',
    `POST /v1/send/1 HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`,
  ];

  async function send(head: string, host: string | null) {
    const socket = connect(probe.port, '127.0.0.1');
    const named = host === null ? '' : `\r\nHost: ${host}`;
    socket.write(`${head}${named}\r\nConnection: close\r\n\r\n${head.startsWith('POST') ? body : ''}`);
    const answer = await text(socket);
    return { status: Number(answer.split(' ')[1]), answer };
  }

  for (const host of [
    '127.0.0.1',
    'localhost:8006',
    'LOCALHOST',
    '[::1]:1',
    'probe',
    'probe:8006',
    'Probe.Example',
    '[fd00::7]:80',
  ]) {
    it(`are ${host} among others`, async () => {
      for (const head of heads) expect((await send(head, host)).status, head).to.be.oneOf([200, 404]);
    });
  }

  for (const host of [
    'evil.example',
    'localhost.evil.example',
    'probe.',
    'xprobe',
    '10.0.0.1',
    '0.0.0.0',
    '[::2]',
    'a@localhost',
    '',
  ]) {
    it(`are not ${host || 'an empty one'}`, async () => {
      const before = await probe.counts();
      for (const head of heads) {
        const { status, answer } = await send(head, host);
        expect(status, head).to.equal(403);
        expect(answer).to.contain('PROBE_HOSTS').and.contain('"code":403');
      }
      expect(await probe.counts()).to.deep.equal(before);
    });
  }

  it('are not told by a proxy, nor left out', async () => {
    expect((await send('GET /counts HTTP/1.1\r\nX-Forwarded-Host: localhost', 'evil.example')).status).to.equal(403);
    expect((await send('GET /counts HTTP/1.0', null)).status).to.equal(403);
    expect((await send('GET /counts HTTP/1.1', null)).status).to.equal(400);
  });
});
