import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';

const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
const requestId = 'story-1';
const traceId = '0af7651916cd43dd8448eb211c80319c';

/** A server on a port of its own, and what it was sent. */
async function listen(answer: (path: string) => string) {
  const seen: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      response.setHeader('content-type', 'application/json');
      response.end(answer(request.url ?? ''));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, close: () => server.close() };
}

/** One mailing to one client, followed from its request to the provider in everything that watches over it. */
describe('a mailing, watched', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let provider: Awaited<ReturnType<typeof listen>>;
  let collector: Awaited<ReturnType<typeof listen>>;
  let server: TestProcess;
  let worker: TestProcess;
  let workerUrl: string;
  let mailing: number;

  before(async () => {
    database = await createTestDatabase({ empty: true });
    provider = await listen((path) => (path.endsWith('/2') ? '{"code": 7}' : '{"code": 0, "message": "OK"}'));
    collector = await listen(() => '');
    const environment = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '200',
      ...(process.env.MONGODB_URL && { MONGODB_URL: `${process.env.MONGODB_URL}/watch_${process.pid}` }),
    };
    server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
    const { url } = await server.ready();
    worker = startApp('apps/worker/dist/main.js', { ...environment, PROVIDER_URL: provider.url, WATCH_PORT: '0' });
    workerUrl = String((await worker.ready()).url);
    await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id) VALUES ('79001234567', 'UTC', 1, 1), ('79001234568', 'UTC', 1, 1)`,
    );
    const response = await fetch(`${url}/api/v1/mailing/`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/json',
        'x-request-id': requestId,
        traceparent: `00-${traceId}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify({
        tags: [],
        codes: [],
        text: 'hello',
        start_notification_date: new Date(Date.now() - 1_000).toISOString(),
        end_notification_date: new Date(Date.now() + 60_000).toISOString(),
      }),
    });
    expect(response.headers.get('x-request-id')).to.equal(requestId);
    mailing = ((await response.json()) as { id: number }).id;
    await waitFor(async () => {
      const [row] = await database.query<{ status: string }>('SELECT status FROM mailings WHERE id = $1', [mailing]);
      return row?.status === 'completed';
    });
  });
  after(async () => {
    await Promise.all([server.stop(), worker.stop()]);
    provider.close();
    collector.close();
    await database.drop();
  });

  type Line = Record<string, unknown> & { msg: string };
  const linesOf = (process: TestProcess): Line[] =>
    process
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));

  it('tells the provider the id of the request, and the trace', () => {
    expect(provider.seen).to.have.lengthOf(2);
    for (const { headers } of provider.seen) {
      expect(headers['x-request-id']).to.equal(requestId);
      expect(headers.traceparent).to.match(new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`));
    }
    expect(new Set(provider.seen.map(({ headers }) => headers.traceparent)).size, 'a span for each').to.equal(2);
  });

  it('is one search in the logs, by request, mailing, message or client', async () => {
    // What is in PostgreSQL by now may be a moment late in the log.
    await waitFor(() => linesOf(worker).some(({ msg }) => msg === 'mailing finished'));
    const all = [...linesOf(server), ...linesOf(worker)];
    const byRequest = all.filter(({ request }) => request === requestId).map(({ msg }) => msg);
    expect(byRequest).to.include.members(['changed', 'answered', 'mailing started', 'attempt']);
    const byMailing = all.filter((line) => line.mailing === mailing).map(({ msg }) => msg);
    expect(byMailing).to.include.members(['changed', 'mailing started', 'attempt', 'mailing finished']);
    const byClient = all.filter(({ client }) => client === 2);
    expect(byClient.map(({ msg }) => msg)).to.have.members(['the provider did not accept', 'attempt']);
    expect(byClient.find(({ msg }) => msg === 'attempt')).to.include({ mailing, message: 2, outcome: 'refused' });
    expect(all.filter(({ message }) => message === 1)).to.have.lengthOf(1);
    expect(JSON.stringify(all), 'no phone number, no password').not.to.match(/79001234567|"pw"/);
  });

  it('is one trace, from the request to each attempt', async () => {
    const traces = () =>
      Buffer.concat(collector.seen.filter(({ path }) => path === '/v1/traces').map(({ body }) => body));
    const parts = ['showroom-server', 'mailing_create', 'showroom-worker', 'mailing.start', 'provider.send'];
    await waitFor(() => parts.every((part) => traces().includes(part)));
    const id = Buffer.from(traceId, 'hex');
    let found = 0;
    for (let at = traces().indexOf(id); at >= 0; at = traces().indexOf(id, at + 1)) found += 1;
    expect(found, 'the request, and two attempts').to.be.at.least(3);
  });

  it('is counted in the worker’s metrics', async () => {
    const text = await (await fetch(`${workerUrl}/metrics`)).text();
    expect(text).to.match(/showroom_send_seconds_count\{.*outcome="accepted".*\} 1\n/);
    expect(text).to.match(/showroom_send_seconds_count\{.*outcome="refused".*\} 1\n/);
    expect(text).to.match(/showroom_sends_in_flight\{app="worker"\} 0\n/);
    expect(text).to.match(/showroom_job_seconds_count\{.*job="mailing.start".*\} 1\n/);
  });

  it('runs on a worker that says how it does', async () => {
    expect(await (await fetch(`${workerUrl}/healthz`)).json()).to.deep.equal({ status: 'ok' });
    const body = {
      status: 'ok',
      database: 'ok',
      migrations: 'ok',
      writes: 'ok',
      sending: 'ok',
      jobs: 'ok',
      ledger: 'ok',
      clock: 'ok',
      provider: 'ok',
    };
    expect(await (await fetch(`${workerUrl}/readyz`)).json()).to.deep.equal(body);
  });
});
