import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';

interface Counts {
  requests: number;
  unique: number;
  duplicates: number;
  last_at: string;
}

const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
const clients = 20_000;

/** A way to PostgreSQL that can fall silent: connections stay open, new ones are taken, and nothing goes through. */
async function createSilentWay(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((inner) => {
    const outer = connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      if (isSilent) from.unpipe().pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: url.href,
    silence: () => {
      isSilent = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    /** What was silent breaks, as it does when somebody notices; new connections go through. */
    reset: () => {
      isSilent = false;
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('all sending, stopped', function () {
  this.timeout(120_000);
  let database: TestDatabase;
  let way: Awaited<ReturnType<typeof createSilentWay>>;
  let server: TestProcess;
  let probe: TestProcess;
  let workers: TestProcess[];
  let origin: string;
  let probeUrl: string;
  let watchUrl: string;

  before(async () => {
    database = await createTestDatabase({ empty: true });
    way = await createSilentWay(database.url);
    probe = startApp('apps/probe/dist/main.js', { PORT: '0', PROBE_FAULTS: '{"delay_ms":20,"jitter_ms":60}' });
    probeUrl = String((await probe.ready()).url);
    const environment = { LOG_LEVEL: 'error' };
    server = startApp('apps/server/dist/main.js', {
      ...environment,
      DATABASE_URL: database.url,
      PORT: '0',
      ADMIN_PASSWORD: 'pw',
    });
    origin = String((await server.ready()).url);
    const sending = { ...environment, PROVIDER_URL: probeUrl, PROVIDER_TOKEN: 't', SEND_CONCURRENCY: '24' };
    workers = [database.url, way.url].map((url) =>
      startApp('apps/worker/dist/main.js', { ...sending, DATABASE_URL: url, WATCH_PORT: '0' }),
    );
    watchUrl = String((await workers[0]!.ready()).url);
    await workers[1]!.ready();
    await database.query(`INSERT INTO tags (name) VALUES ('many'), ('few')`);
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await database.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT 79000000000 + n, 'UTC', 1, CASE WHEN n <= 20 THEN 2 ELSE 1 END FROM generate_series(1, $1::int + 20) n`,
      [clients],
    );
  });
  after(async () => {
    way.close();
    await Promise.all([server, probe, ...workers].map((each) => each.stop('SIGKILL')));
    await database.drop();
  });

  async function rest(method: string, path: string, body?: object) {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    // biome-ignore lint/suspicious/noExplicitAny: the shapes are what is being tested
    return (await response.json()) as any;
  }
  const mail = async (tag: string, endsInMs = 3_600_000): Promise<number> => {
    const end = new Date(Date.now() + endsInMs).toISOString();
    const dates = { start_notification_date: 'now', end_notification_date: end };
    return (await rest('POST', '/mailing/', { tags: [tag], codes: [], text: 'x', ...dates })).id;
  };
  const counts = async () => (await (await fetch(`${probeUrl}/counts`)).json()) as Counts;
  const statistic = (id: number) => rest('GET', `/statistic/${id}/`);
  const holders = async () =>
    (await database.query('SELECT DISTINCT worker_id FROM ranges WHERE worker_id IS NOT NULL')).length;
  const bothSend = async (more = 100) => {
    const { requests } = await counts();
    const isSo = async () => (await holders()) === 2 && (await counts()).requests > requests + more;
    await waitFor(isSo, { timeoutMs: 30_000, what: 'two workers that send' });
  };

  /** Stops, and gives the moment of the answer once it is certain that nothing else comes. */
  async function stop(): Promise<{ answeredAt: number; requests: number }> {
    const { stopped } = await rest('POST', '/sending/stop/', { reason: 'wrong text' });
    const answeredAt = Date.now();
    expect(stopped).to.equal(true);
    await sleep(1_000);
    const { requests } = await counts();
    await sleep(2_000);
    const later = await counts();
    expect(later.requests, 'asked later than a second after the answer').to.equal(requests);
    expect(Date.parse(later.last_at)).to.be.lessThan(answeredAt + 1_000);
    return { answeredAt, requests };
  }

  it('starts no request later than a second after the answer, under load, again and again', async () => {
    const id = await mail('many');
    for (let round = 0; round < 4; round++) {
      await bothSend();
      await sleep(Math.random() * 300);
      await stop();
      const resumedAt = Date.now();
      await rest('POST', '/sending/resume/');
      const { requests } = await counts();
      await waitFor(async () => (await counts()).requests > requests, { what: 'the first request after the stop' });
      expect(Date.now() - resumedAt, 'not left to the sweep').to.be.below(8_000);
    }
    expect((await statistic(id)).messages.pending, 'there was something to stop').to.be.greaterThan(0);
  });

  it('says so, starts what is due and ends what is over meanwhile', async () => {
    await bothSend(0);
    await stop();
    const readiness = await Promise.all([origin, watchUrl].map((url) => fetch(`${url}/readyz`)));
    for (const answer of readiness) {
      expect(answer.status).to.equal(200);
      expect(await answer.json()).to.include({ sending: 'stopped' });
    }
    expect(await (await fetch(`${origin}/metrics`)).text()).to.match(/^showroom_sending_stopped\{.*\} 1$/m);
    const before = await counts();
    const [started, ended] = [await mail('few'), await mail('few', 3_000)];
    await waitFor(async () => (await statistic(ended)).status === 'expired', { timeoutMs: 20_000, what: 'the end' });
    expect((await statistic(ended)).messages).to.include({ total: 20, expired: 20 });
    expect(await statistic(started)).to.deep.include({ status: 'running', sending_stopped: true });
    expect((await statistic(started)).messages).to.include({ total: 20, pending: 20 });
    expect((await counts()).requests).to.equal(before.requests);
    await rest('POST', '/sending/resume/');
    await waitFor(async () => (await statistic(started)).status === 'completed', {
      timeoutMs: 20_000,
      what: 'the rest',
    });
    expect(await (await fetch(`${watchUrl}/readyz`)).json()).to.include({ sending: 'ok' });
    expect(await (await fetch(`${origin}/metrics`)).text()).to.match(/^showroom_sending_stopped\{.*\} 0$/m);
  });

  it('counts for a worker whose way to PostgreSQL is silent, and for one that is cut off', async () => {
    await bothSend(0);
    way.silence();
    await stop();
    way.reset();
    await sleep(1_500);
    const { requests } = await counts();
    await sleep(500);
    expect((await counts()).requests, 'a worker that comes back learns of it first').to.equal(requests);
  });

  it('doubles and loses nothing by it', async () => {
    await rest('POST', '/sending/resume/');
    await fetch(`${probeUrl}/faults`, { method: 'DELETE' });
    const open = async () => (await database.query('SELECT FROM mailings WHERE finished_at IS NULL')).length;
    await waitFor(async () => (await open()) === 0, { timeoutMs: 90_000, what: 'the end of all' });
    const { messages } = await rest('GET', '/statistic/');
    expect(messages).to.include({ total: clients + 40, sent: clients + 20, expired: 20 });
    const { unique, duplicates } = await counts();
    expect(unique).to.equal(clients + 20);
    expect(duplicates, 'answers that the silent worker could not write').to.be.at.most(200);
  });
});
