import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';

/** Whatever becomes of the collector, the processes go on, end in order, and say so once. */
describe('a collector of traces that is away', function () {
  this.timeout(180_000);
  let database: TestDatabase;
  let silent: Server;
  let refusing: Server;
  before(async () => {
    database = await createTestDatabase({ empty: true });
    silent = createServer(() => {});
    refusing = createServer((_request, response) => response.writeHead(400).end());
    for (const server of [silent, refusing]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(async () => {
    for (const server of [silent, refusing]) server.close().closeAllConnections();
    await database.drop();
  });

  const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const away = /the collector does not take our traces/g;

  async function expectOrder(app: TestProcess): Promise<void> {
    const askedAt = Date.now();
    expect(await app.stop(), app.output()).to.equal(0);
    // Two seconds for the traces, and what a busy machine needs beside.
    expect(Date.now() - askedAt).to.be.below(6_000);
    expect(app.output().match(away), app.output()).to.have.length(1);
  }

  for (const [what, collector] of [
    ['where nobody listens', () => 'http://127.0.0.1:1'],
    ['that never answers', () => urlOf(silent)],
    ['that refuses', () => urlOf(refusing)],
  ] as const) {
    it(`costs a warning, and no more: one ${what}`, async () => {
      const environment = { DATABASE_URL: database.url, OTEL_EXPORTER_OTLP_ENDPOINT: collector() };
      const server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
      const { url } = await server.ready();
      const worker = startApp('apps/worker/dist/main.js', {
        ...{ ...environment, OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
        PROVIDER_URL: 'http://127.0.0.1:1',
      });
      await worker.ready();
      // The worker traces its sweep, and finds out while it runs; the server when it says goodbye.
      await waitFor(() => worker.output().match(away) !== null, { timeoutMs: 30_000 });
      for (let n = 0; n < 5; n++) expect((await fetch(`${url}/healthz`)).status).to.equal(200);
      await expectOrder(worker);
      await expectOrder(server);
    });
  }

  it('is told of once when it is away, and once when it is back', async () => {
    const back = createServer((_request, response) => response.writeHead(200).end());
    await once(back.listen(0, '127.0.0.1'), 'listening');
    const { port } = back.address() as AddressInfo;
    await once(back.close(), 'close');
    const server = startApp('apps/server/dist/main.js', {
      ...{ DATABASE_URL: database.url, PORT: '0', ADMIN_PASSWORD: 'pw' },
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    });
    const { url } = await server.ready();
    const ask = async () => {
      await fetch(`${url}/healthz`);
      return server.output();
    };
    await waitFor(async () => away.test(await ask()), { timeoutMs: 30_000 });
    await once(back.listen(port, '127.0.0.1'), 'listening');
    await waitFor(async () => (await ask()).includes('the collector takes our traces again'), { timeoutMs: 30_000 });
    expect(await server.stop()).to.equal(0);
    expect(server.output().match(away)).to.have.length(1);
    back.close().closeAllConnections();
  });
});
