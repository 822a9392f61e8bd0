import { type Database, openDatabase } from '@showroom/database';
import { openJobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { fastify } from 'fastify';
import superjson from 'superjson';
import { ensureFirstSuperuser } from './access/first-superuser.js';
import { watchAnswers } from './documented.suite.js';
import { httpOptions } from './http.js';
import { apiPlugin } from './plugin.js';
import type { AppRouter } from './router.js';
import { defaultSettings, type Settings } from './settings.js';

/** What the API told the clock, in words: `start 12`, `purge 3`. */
export type Hints = string[];

export interface RestAnswer {
  status: number;
  headers: Headers;
  // Tests look into bodies freely; their shapes are what is being tested.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  body: any;
}

export type TestApi = Awaited<ReturnType<typeof startApi>>;

const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

interface Surroundings {
  hasJobs?: boolean;
  /** Another server, whose database this one shares: stop this one first. */
  beside?: { databaseUrl: string; query: TestDatabase['query'] };
  /** The addresses of proxies, whose X-Forwarded-For counts. */
  trustProxy?: string;
  /** How long a read may take. */
  readTimeoutMs?: number;
  /** One connection for everything, whose doings PostgreSQL can be asked for. */
  onOneConnection?: boolean;
}

/**
 * The API on a database and a port of its own, with a superuser `admin` / `pw`; with `hasJobs`, on a job store, too. Every
 * answer is held against the document.
 */
export async function startApi(settings: Partial<Settings> = {}, surroundings: Surroundings = {}) {
  const { hasJobs = false, beside, trustProxy = '', readTimeoutMs, onOneConnection = false } = surroundings;
  const testDatabase = beside
    ? { url: beside.databaseUrl, query: beside.query, drop: async () => {} }
    : await createTestDatabase();
  const database: Database = await openDatabase({
    url: testDatabase.url,
    readTimeoutMs,
    ...(onOneConnection && { poolSize: 1, steeringConnections: 0 }),
  });
  await ensureFirstSuperuser(database, { username: 'admin', password: 'pw' });
  const jobs = hasJobs ? await openJobs({ databaseUrl: testDatabase.url, logger: silent }) : null;
  const hints: Hints = [];
  const app = fastify({ ...httpOptions, trustProxy: trustProxy || false });
  const answers = watchAnswers(app);
  await app.register(apiPlugin, {
    database,
    clock: createClock(hints),
    jobs: jobs ?? noJobs,
    logger: app.log,
    settings: { ...defaultSettings, ...settings },
  });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });

  async function rest(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<RestAnswer> {
    const response = await fetch(`${origin}/api/v1${path}`, {
      method,
      headers: {
        authorization: basic('admin', 'pw'),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
    answers.refuseUndocumented();
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  return {
    origin,
    hints,
    jobs,
    database,
    databaseUrl: testDatabase.url,
    query: testDatabase.query,
    rest,
    trpc: createTrpc(origin, basic('admin', 'pw')),
    trpcAs: (username: string, password: string) => createTrpc(origin, basic(username, password)),
    basic,
    /** Rights that a test changed by SQL count at once: signing nobody out makes the API forget whom it remembers. */
    forgetCallers: () => rest('POST', '/auth/logout/'),
    stop: async () => {
      await app.close();
      await jobs?.close();
      await database.close();
      await testDatabase.drop();
      answers.refuseUndocumented();
    },
  };
}

const createTrpc = (origin: string, authorization: string) =>
  createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${origin}/trpc`, transformer: superjson, headers: { authorization } })],
  });

const nothing = () => {};
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A job store that is away: most tests have no use for one. */
const away = () => Promise.reject(new Error('there is no job store in this test'));
const noJobs = { list: away, read: away };

const createClock = (hints: Hints) => ({
  startAt: async (id: number) => void hints.push(`start ${id}`),
  finishAt: async (id: number) => void hints.push(`finish ${id}`),
  purge: async (id: number) => void hints.push(`purge ${id}`),
  forget: async (id: number) => void hints.push(`forget ${id}`),
});
