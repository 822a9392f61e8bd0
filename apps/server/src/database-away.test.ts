import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import type { Logger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { connectJobs, type Jobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { createServer } from './app.js';
import { startSickPostgres } from './fixtures/sick-postgres.js';

interface Line {
  level: number;
  msg: string;
  untold?: number;
  err?: { message: string };
}

const authorization = `Basic ${btoa('admin:pw')}`;
const json = { 'content-type': 'application/json' };
const batch = encodeURIComponent('{"0":{"json":{}},"1":{"json":{}}}');
const watchInput = encodeURIComponent('{"json":{"id":1}}');

/** Every way in, each with what it is asked. */
const faces: Record<string, [path: string, init?: RequestInit]> = {
  root: ['/api/v1/'],
  list: ['/api/v1/tags/'],
  row: ['/api/v1/mailing/1/'],
  page: ['/api/v1/tags/?format=api'],
  pdf: ['/api/v1/statistic/?format=pdf'],
  options: ['/api/v1/tags/', { method: 'OPTIONS' }],
  write: ['/api/v1/tags/', { method: 'POST', body: '{"name":"vip"}', headers: json }],
  'wrong write of a row': ['/api/v1/tags/1/', { method: 'PUT', body: '{"name":""}', headers: json }],
  import: [
    '/api/v1/clients/import/',
    { method: 'POST', body: 'phone_number\n79001234567\n', headers: { 'content-type': 'text/csv' } },
  ],
  'sign-in': ['/api/v1/auth/login/', { method: 'POST', body: '{"username":"admin","password":"pw"}', headers: json }],
  session: ['/api/v1/tags/', { headers: { authorization: '', cookie: 'sessionid=showroom_x' } }],
  token: ['/api/v1/tags/', { headers: { authorization: 'Bearer showroom_x' } }],
  tRPC: [`/trpc/tags.list?input=${encodeURIComponent('{"json":{}}')}`],
  'tRPC write': ['/trpc/tags.create', { method: 'POST', body: '{"json":{"name":"vip"}}', headers: json }],
  'tRPC sign-in': [
    '/trpc/auth.login',
    { method: 'POST', body: '{"json":{"username":"admin","password":"pw"}}', headers: json },
  ],
  'tRPC batch': [`/trpc/tags.list,codes.list?batch=1&input=${batch}`],
  live: [`/live/mailing.watch?input=${watchInput}`],
  'page of the jobs': ['/jobs/'],
};

describe('PostgreSQL in trouble', function () {
  this.timeout(60_000);
  let testDatabase: TestDatabase;
  let sick: Awaited<ReturnType<typeof startSickPostgres>>;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;
  let origin: string;
  const lines: Line[] = [];

  before(async () => {
    testDatabase = await createTestDatabase();
    sick = await startSickPostgres(testDatabase.url);
    database = await openDatabase({ url: sick.url });
    await ensureFirstSuperuser(database, { username: 'admin', password: 'pw' });
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = fastify({ logger: { level: 'error', stream } }).log as Logger;
    jobs = connectJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await app.close();
    await jobs.close();
    await database.close();
    sick.close();
    await testDatabase.drop();
  });

  afterEach(() => sick.become('well'));

  async function ask([path, init = {}]: [string, RequestInit?]) {
    const response = await fetch(`${origin}${path}`, { ...init, headers: { authorization, ...init.headers } });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** What tells of the insides: addresses, accounts, codes, statements, files. */
  const insides = /127\.0\.0\.1|ECONNR|postgres|secret|SELECT|INSERT|5[37][P\d]\d{2}|sequelize|\bat .*\.[jt]s/i;

  async function expectTrouble(status: number, code: string, retryAfter: string, only = Object.keys(faces)) {
    for (const name of only) {
      const answer = await ask(faces[name]!);
      expect(answer.text, name).not.to.match(insides);
      if (name === 'live' || name.startsWith('tRPC')) expect(answer.text, name).to.contain(`"error":"${code}"`);
      // A stream has begun when it fails: its event tells the status.
      if (name === 'live') expect(answer.text).to.contain(`"httpStatus":${status}`);
      if (name === 'live') continue;
      expect(answer.status, `${name}: ${answer.text}`).to.equal(status);
      expect(answer.headers.get('retry-after'), name).to.equal(retryAfter);
      expect(answer.headers.get('x-error-code'), name).to.equal(code);
    }
  }

  const states: Record<string, () => void> = {
    'refuses connections': () => sick.become({ code: '08006', message: 'secret' }),
    'is starting up': () => sick.become({ code: '57P03', message: 'the database system is starting up: secret' }),
    'is shutting down': () => sick.become({ code: '57P01', message: 'terminating connection: secret' }),
    'has too many connections': () => sick.become({ code: '53300', message: 'too many clients already: secret' }),
    'was dropped, to be restored': () => sick.become({ code: '3D000', message: 'database "secret" does not exist' }),
    'takes another password now': () => sick.become({ code: '28P01', message: 'password failed for "secret"' }),
  };
  for (const [name, begin] of Object.entries(states)) {
    it(`${name}: every way in answers 503 and when to try again, and then works again`, async () => {
      begin();
      // Callers are remembered for a second, and the root needs nothing else.
      await sleep(1_100);
      await expectTrouble(503, 'server.database_away', '5');
      const { status, text } = await ask(['/readyz']);
      expect([status, JSON.parse(text).database]).to.deep.equal([503, 'does not answer']);
      sick.become('well');
      await waitFor(async () => (await ask(faces.list!)).status === 200);
      await waitFor(async () => (await ask(['/readyz'])).status === 200);
    });
  }

  it('is written down with its cause, once in ten seconds and not with every request', async () => {
    // The states above took less than ten seconds each and met a hundred requests.
    const told = lines.filter(({ msg }) => msg === 'request failed');
    expect(told).not.to.have.length(0);
    expect(told.length).to.be.below(12);
    expect(told[0]!.err!.message).to.contain('secret');
    expect(told.slice(1).every(({ untold = 0 }) => untold > 0)).to.equal(true);
  });

  it('stops while statements run: 503, and the next request works', async () => {
    await waitFor(async () => (await ask(faces.list!)).status === 200);
    const locker = testDatabase.query('BEGIN; LOCK TABLE tags IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(3); COMMIT');
    const held = `SELECT FROM pg_locks WHERE relation = 'tags'::regclass AND mode = 'AccessExclusiveLock' AND granted`;
    await waitFor(async () => (await testDatabase.query(held)).length === 1);
    const requests = ['list', 'write', 'tRPC'].map((name) => ask(faces[name]!));
    const waiting = `FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%tags%'`;
    await waitFor(async () => (await testDatabase.query(`SELECT pid ${waiting}`)).length >= 3);
    await testDatabase.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
    for (const { status, headers } of await Promise.all(requests)) {
      expect(status).to.equal(503);
      expect(headers.get('x-error-code')).to.equal('server.database_away');
    }
    await locker;
    await waitFor(async () => (await ask(faces.list!)).status === 200);
  });

  it('keeps live streams open, and goes on with them', async () => {
    await testDatabase.query(`
      INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
      VALUES (now() + '1 h', now() + '2 h', 'x', false, false)`);
    const stop = new AbortController();
    const response = await fetch(`${origin}${faces.live![0]}`, { headers: { authorization }, signal: stop.signal });
    let text = '';
    const collect = new WritableStream<string>({
      write: (chunk) => {
        text += chunk;
      },
    });
    const reading = response.body!.pipeThrough(new TextDecoderStream()).pipeTo(collect);
    reading.catch(() => {});
    await waitFor(() => text.includes('scheduled'));
    sick.become({ code: '57P03', message: 'the database system is starting up' });
    await sleep(2_500);
    sick.become('well');
    await testDatabase.query(`UPDATE mailings SET status = 'paused'`);
    await waitFor(() => text.includes('paused'));
    expect(text).not.to.contain('server.');
    stop.abort();
  });

  describe('with a full disk', () => {
    const refuseWrites = async (table: string, code = '53100') => {
      await testDatabase.query(`
        CREATE OR REPLACE FUNCTION refuse_writes() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'could not extend file "base/1/secret"' USING ERRCODE = '${code}'; END $$;
        CREATE OR REPLACE TRIGGER refuse_writes BEFORE INSERT OR UPDATE ON ${table}
          FOR EACH ROW EXECUTE FUNCTION refuse_writes()`);
    };
    afterEach(() => testDatabase.query('DROP FUNCTION refuse_writes() CASCADE'));

    for (const code of ['53100', '25006']) {
      it(`writes are a 507 (${code}) and reads go on`, async () => {
        await refuseWrites('tags', code);
        await expectTrouble(507, 'server.disk_full', '60', ['write']);
        // tRPC knows no 507.
        await expectTrouble(503, 'server.disk_full', '60', ['tRPC write']);
        expect((await ask(faces.list!)).status).to.equal(200);
      });
    }

    it('sessions and tokens still let their callers read', async () => {
      const login = await ask(faces['sign-in']!);
      const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
      const made = await ask([
        '/api/v1/tokens/',
        { method: 'POST', body: '{"name":"crm","permissions":[]}', headers: json },
      ]);
      const { token } = JSON.parse(made.text);
      await testDatabase.query(`UPDATE sessions SET expires_at = now() + '1 hour'`);
      for (const table of ['sessions', 'tokens']) await refuseWrites(table);
      for (const headers of [{ authorization: '', cookie }, { authorization: `Bearer ${token}` }] as HeadersInit[]) {
        expect((await ask(['/api/v1/auth/me/', { headers }])).status).to.equal(200);
      }
    });
  });
});
