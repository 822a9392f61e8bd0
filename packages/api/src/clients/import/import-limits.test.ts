import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor, withClient } from '@showroom/testing';
import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';
import { header } from './reading.suite.js';

const row = '79130000001,UTC,1,1\n';
const file = `${header}\n${row}`;
const waitingForLocks = `
  SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND d.datname = current_database()`;

describe('imports, many at once', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ importWaitMs: 1_000, importSpoolBytes: 1024 * 1024 });
    await api.rest('POST', '/tags/', { name: 'one' });
    await api.rest('POST', '/codes/', { code: '900' });
  });
  beforeEach(() => api.query('TRUNCATE clients'));
  after(() => api.stop());

  const send = (body: string) => api.rest('POST', '/clients/import/', body, { 'content-type': 'text/csv' });

  it('write two at a time; others wait without a connection, and are told to come back', async () => {
    let answers: Awaited<ReturnType<typeof send>>[] = [];
    await withClient(api.databaseUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE clients IN SHARE ROW EXCLUSIVE MODE');
      const sent = Promise.all(Array.from({ length: 12 }, () => send(file)));
      const waiting = async () => (await client.query(waitingForLocks)).rowCount;
      await waitFor(async () => (await waiting()) === 2);
      for (let look = 0; look < 20; look++) {
        const startedAt = performance.now();
        expect((await api.rest('GET', '/tags/')).status).to.equal(200);
        expect(performance.now() - startedAt).to.be.below(1_000);
        await sleep(20);
      }
      expect(await waiting()).to.equal(2);
      await sleep(1_500);
      await client.query('COMMIT');
      answers = await sent;
    });
    const refused = answers.filter(({ status }) => status === 503);
    expect([answers.length, refused.length]).to.deep.equal([12, 10]);
    expect(refused[0]!.body).to.deep.equal({ detail: 'Other imports are being written. Try again later.' });
    expect(refused[0]!.headers.get('retry-after')).to.equal('30');
    expect(refused[0]!.headers.get('x-error-code')).to.equal('import.busy');
    expect(await api.query('SELECT FROM clients')).to.have.length(2);
  });

  it('are all written, if they can be in time', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(file)));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 12 }, () => 200));
    expect(await api.query('SELECT FROM clients')).to.have.length(12);
  });

  it('share the space for their temporary files, and give it back', async () => {
    const large = `${header}\n${row.repeat(20_000)}`;
    await withClient(api.databaseUrl, async (client) => {
      await client.query('BEGIN; LOCK TABLE clients IN SHARE ROW EXCLUSIVE MODE');
      const first = send(large);
      await waitFor(async () => (await client.query(waitingForLocks)).rowCount === 1);
      const second = await send(large);
      expect([second.status, second.headers.get('x-error-code')]).to.deep.equal([507, 'import.no_space']);
      expect(second.body.detail).to.match(/^All imports together may keep 1 MB \(IMPORT_SPOOL_MB\): /);
      await client.query('COMMIT');
      expect((await first).body).to.deep.include({ created: 20_000 });
    });
    expect((await send(large)).body).to.deep.include({ created: 20_000 });
  });

  it('answer who is still sending, on a connection that is good for the next request', async () => {
    const { hostname, port } = new URL(api.origin);
    // Node's own client takes no more of a body once it has the answer.
    const socket = connect(Number(port), hostname);
    let answered = '';
    socket.on('data', (data) => {
      answered += data;
    });
    const headers = `Host: x\r\nAuthorization: ${api.basic('admin', 'pw')}\r\n`;
    const piece = row.repeat(1_000);
    const pieces = 1_000;
    const length = header.length + 1 + pieces * piece.length;
    socket.write(`POST /api/v1/clients/import/ HTTP/1.1\r\n${headers}Content-Type: text/csv\r\n`);
    socket.write(`Content-Length: ${length}\r\n\r\n${header}\n`);
    let whenAnswered = pieces;
    for (let sent = 0; sent < pieces; sent++) {
      if (answered !== '') whenAnswered = Math.min(whenAnswered, sent);
      if (!socket.write(piece)) await once(socket, 'drain');
    }
    expect(whenAnswered).to.be.below(pieces);
    expect(answered).to.match(/^HTTP\/1\.1 507 /);
    answered = '';
    socket.write(`GET /api/v1/tags/ HTTP/1.1\r\n${headers}\r\n`);
    await waitFor(() => answered !== '');
    expect(answered).to.match(/^HTTP\/1\.1 200 /);
    socket.destroy();
    expect(await api.query('SELECT FROM clients')).to.have.length(0);
  });
});
