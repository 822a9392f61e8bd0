import { type StoreProxy, startProxy, waitFor, withClient } from '@showroom/testing';
import { type HostileProvider, startHostileProvider, token } from './hostile-provider.js';
import { type JobStore, openJobStore } from './job-store.js';
import type { RestartablePostgres } from './postgres.js';
import { App } from './processes.js';
import { type Random, seededBy } from './random.js';
import type { Scenario } from './scenario.js';

/** How many requests are in flight at once, over all workers: the more workers, the fewer each. */
export const inFlight = 64;
const providerTimeoutMs = 1_000;
const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;
const shiftedClock = new URL('./shifted-clock.mjs', import.meta.url).href;

export interface WorldOptions {
  scenario: Scenario;
  postgres: RestartablePostgres;
  mongodbUrl: string | undefined;
  seed: number;
  /** 1 in the short form; the long form has that many times the messages, and as much more time for chaos. */
  scale: number;
}

/** The processes and stores of one scenario, none of them used before. */
export interface World {
  readonly postgres: RestartablePostgres;
  readonly jobStore: JobStore;
  readonly provider: HostileProvider;
  /** Between the workers and PostgreSQL, where the scenario wants one. */
  readonly proxy: StoreProxy | null;
  readonly server: App;
  readonly workers: readonly App[];
  /** For whoever makes chaos. */
  readonly random: Random;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  rest(method: string, path: string, body?: object): Promise<unknown>;
  /** Creates a mailing to the clients of a tag, which starts at once, and gives its id. */
  mail(tag: string, endsInMs: number): Promise<number>;
  /** Waits until no mailing is open. */
  ended(timeoutMs: number): Promise<void>;
  /** Ends the apps in good order; gives those that did not. */
  stopApps(): Promise<string[]>;
  close(): Promise<void>;
}

let worlds = 0;

/** A fresh database with its clients, the provider, and the apps, ready. */
export async function openWorld(options: WorldOptions): Promise<World> {
  const { scenario, postgres, seed } = options;
  const name = `soak_${process.pid}_${++worlds}`;
  const url = await postgres.create(name);
  const query = <Row extends object>(sql: string, values?: unknown[]) =>
    withClient(url, async (client) => (await client.query(sql, values)).rows as Row[]);
  await insertClients(query, scenario, options.scale);
  const jobStore = openJobStore(options.mongodbUrl, { name, url });
  const provider = await startHostileProvider({ seed, rates: scenario.faults ?? {}, latencyMs: scenario.latencyMs });
  const proxy = scenario.isProxied ? await startProxy(addressOf(url)) : null;
  const environment = { DATABASE_URL: url, ...jobStore.environment };
  const workersUrl = proxy ? throughPort(url, proxy.port) : url;
  const { server, workers } = startApps(scenario, environment, {
    DATABASE_URL: workersUrl,
    PROVIDER_URL: provider.url,
  });
  const apps = [server, ...workers];

  async function rest(method: string, path: string, body?: object): Promise<unknown> {
    const origin = String((await server.ready()).url);
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  const world: World = {
    postgres,
    jobStore,
    provider,
    proxy,
    server,
    workers,
    random: seededBy(seed, 2),
    query,
    rest,
    mail: async (tag, endsInMs) => {
      const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
      const dates = { start_notification_date: inMs(-1_000), end_notification_date: inMs(endsInMs) };
      const mailing = await rest('POST', '/mailing/', { tags: [tag], codes: [], text: `to ${tag}`, ...dates });
      return (mailing as { id: number }).id;
    },
    ended: async (timeoutMs) => {
      const isOver = async () => (await query('SELECT FROM mailings WHERE finished_at IS NULL LIMIT 1')).length === 0;
      await waitFor(isOver, { timeoutMs, everyMs: 200, what: 'the end of all mailings' });
    },
    stopApps: async () => {
      const ends = await Promise.all(apps.map(async (app) => ({ app, code: await app.stop() })));
      return ends.filter(({ code }) => code !== 0).map(({ app, code }) => `${app.name} was asked to end: ${code}`);
    },
    close: async () => {
      await Promise.all(apps.map((app) => app.stop(0)));
      await provider.close();
      await proxy?.close();
      await jobStore.close();
      await postgres.drop(name);
    },
  };
  await Promise.all(apps.map((app) => app.ready())).catch((error) => world.close().then(() => Promise.reject(error)));
  return world;
}

function addressOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function throughPort(url: string, port: number): string {
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;
  return through.href;
}

function startApps(
  { workers, idempotent = true, shiftsMs = [], isShiftedLater = false, wrongTokens = 0 }: Scenario,
  base: Record<string, string>,
  ofWorkers: Record<string, string>,
) {
  const environment = { ...base, LOG_LEVEL: 'warn' };
  const sending = {
    ...ofWorkers,
    WATCH_PORT: '0',
    PROVIDER_TIMEOUT_MS: String(providerTimeoutMs),
    PROVIDER_IDEMPOTENT: String(idempotent),
    SEND_CONCURRENCY: String(Math.ceil(inFlight / workers)),
  };
  const entry = 'apps/worker/dist/main.js';
  const startWorker = (_: unknown, index: number) => {
    const shiftMs = shiftsMs[index] ?? 0;
    const first = shiftMs === 0 ? undefined : shiftedClock;
    return new App({
      name: `worker ${index + 1}`,
      entry,
      first,
      environment: {
        ...environment,
        ...sending,
        PROVIDER_TOKEN: index < wrongTokens ? 'wrong' : token,
        SHIFT_MS: String(shiftMs),
        ...(isShiftedLater && { SHIFT_ON_SIGNAL: 'true' }),
      },
    });
  };
  const server = { name: 'server', entry: 'apps/server/dist/main.js' };
  return {
    server: new App({ ...server, environment: { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' } }),
    workers: Array.from({ length: workers }, startWorker),
  };
}

/** A patient and a hurried audience, each with a tag of its own; a phone is the same in every run. */
async function insertClients(query: World['query'], { patient, hurried }: Scenario, scale: number): Promise<void> {
  await query(`INSERT INTO codes (code) VALUES ('900')`);
  for (const [index, tag, size] of [
    [1, 'patient', patient],
    [2, 'hurried', hurried],
  ] as const) {
    await query(
      `WITH tag AS (INSERT INTO tags (name) VALUES ($1) RETURNING id)
       INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT $2::bigint + n, 'UTC', codes.id, tag.id FROM codes, tag, generate_series(1, $3) n`,
      [tag, 79_000_000_000 + index * 10_000_000, size * scale],
    );
  }
}
