import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';

const reads = 2_000;

/*
 * What a sick provider costs the API's callers: how long a read takes, one after the other, while nothing is sent, while a
 * worker sends through a healthy provider, and while the provider is sick in several ways.
 */
describe('reads beside a provider', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let processes: TestProcess[];
  let probeUrl: string;
  let url: string;
  before(async () => {
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
    const probe = startApp('apps/probe/dist/main.js', { PORT: '0', PROBE_TOKEN: 'token' });
    probeUrl = String((await probe.ready()).url);
    const sending = { PROVIDER_URL: probeUrl, PROVIDER_TOKEN: 'token', PROVIDER_TIMEOUT_MS: '2000' };
    const server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
    const worker = startApp('apps/worker/dist/main.js', { ...environment, ...sending });
    processes = [probe, server, worker];
    url = String((await server.ready()).url);
    await worker.ready();
    await database.query(`INSERT INTO tags (name) VALUES ('vip'); INSERT INTO codes (code) VALUES ('900');
      INSERT INTO clients (phone_number, timezone, code_id, tag_id)
      SELECT 79000000000 + n, 'UTC', 1, 1 FROM generate_series(1, 200000) n`);
  });
  after(async () => {
    await Promise.all(processes.map((each) => each.stop('SIGKILL')));
    await database.drop();
  });

  it('take as long as beside none', async () => {
    const idle = await measure(url);
    const lines = [toLine('nothing is sent', idle, idle)];
    for (const [what, faults] of [
      ['a healthy provider of 50 ms', { delay_ms: 50 }],
      ['one that hangs', { hang: 1 }],
      ['one that answers 500', { error_500: 1 }],
      ['one that does not take our token', { unauthorized_401: 1 }],
      ['one of which half is lost', { delay_ms: 20, reset_after_accept: 0.3, error_500: 0.2 }],
    ] as const) {
      await tell(probeUrl, 'PUT', '/faults', faults);
      const id = await startMailing(url);
      await waitFor(
        async () => ((await (await fetch(`${probeUrl}/counts`)).json()) as { requests: number }).requests > 0,
      );
      await sleep(3_000);
      lines.push(toLine(what, await measure(url), idle));
      await call(url, 'POST', `/mailing/${id}/cancel/`);
      await tell(probeUrl, 'DELETE', '/faults');
      await tell(probeUrl, 'DELETE', '/messages');
      await database.query(`UPDATE providers SET state = 'closed', times_opened = 0`);
      await sleep(3_000);
    }
    process.stdout.write(`${lines.join('\n')}\n`);
  });
});

const toLine = (what: string, { p50, p99 }: Times, idle: Times) =>
  `${what}: median ${p50.toFixed(2)} ms (${(p50 / idle.p50).toFixed(2)}×), p99 ${p99.toFixed(2)} ms (${(p99 / idle.p99).toFixed(2)}×)`;

interface Times {
  p50: number;
  p99: number;
}

async function measure(url: string): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  for (let n = 0; n < reads; n++) {
    const startedAt = performance.now();
    await readTags(url, agent);
    times.push(performance.now() - startedAt);
  }
  agent.destroy();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(reads / 2)]!, p99: times[Math.floor(reads * 0.99)]! };
}

const readTags = (url: string, agent: Agent) =>
  new Promise<void>((resolve, reject) => {
    get(`${url}/api/v1/tags/`, { agent, auth: 'admin:pw' }, (response) => response.resume().on('end', resolve)).on(
      'error',
      reject,
    );
  });

const tell = (probeUrl: string, method: string, path: string, body?: object) =>
  fetch(`${probeUrl}${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

async function call(url: string, method: string, path: string, body?: object) {
  const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
  const headers = { authorization, ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as { id: number };
}

async function startMailing(url: string): Promise<number> {
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
  const dates = { start_notification_date: inMs(-1_000), end_notification_date: inMs(600_000) };
  return (await call(url, 'POST', '/mailing/', { tags: [], codes: [], text: 'hello', ...dates })).id;
}
