import { defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import type { Logger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { type Jobs, openJobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { createServer } from './app.js';

interface Line {
  level: number;
  request: string;
  err?: { message: string; stack: string };
}

const authorization = `Basic ${btoa('admin:pw')}`;
const watch = `/live/mailing.watch?input=${encodeURIComponent('{"json":{"id":1}}')}`;
const faces = [
  '/api/v1/',
  '/api/v1/tags/',
  '/trpc/tags.list?input={"json":{}}',
  '/trpc/tags.list,tags.list?batch=1',
  watch,
  '/jobs/',
];

describe('a failure of the server', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;
  let origin: string;
  const lines: Line[] = [];

  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    await ensureFirstSuperuser(database, { username: 'admin', password: 'pw' });
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
    const logger = fastify({ logger: { level: 'error', stream } }).log as Logger;
    jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    app.get('/swagger/broken', async () => {
      throw new Error('a secret of the file system');
    });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await app.close();
    await jobs.close();
    await database.close();
    await testDatabase.drop();
  });

  async function ask(path: string, id: string, init: RequestInit = {}) {
    const response = await fetch(`${origin}${path}`, {
      ...init,
      headers: { authorization, 'x-request-id': id, ...init.headers },
    });
    return { status: response.status, text: await response.text() };
  }

  /** What was logged of one request. */
  const linesOf = (id: string) => lines.filter(({ request, level }) => request === id && level >= 50);

  function expectLogged(id: string, cause: RegExp, times = 1): void {
    expect(linesOf(id), id).to.have.length(times);
    for (const { err } of linesOf(id)) {
      expect(err?.message, id).to.match(cause);
      expect(err?.stack, id).to.contain('\n');
    }
  }

  async function without(table: string, run: () => Promise<void>): Promise<void> {
    await testDatabase.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    try {
      await run();
    } finally {
      await testDatabase.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
    }
  }

  it('is logged once, with its cause and the id of its request, when nobody can be identified', async () => {
    await without('users', async () => {
      for (const [n, path] of faces.entries()) {
        const { status, text } = await ask(path, `who-${n}`);
        expect(status, path).to.equal(500);
        expect(text, path).not.to.match(/users|relation|select|\bat /i);
        expectLogged(`who-${n}`, /"users" does not exist/);
      }
    });
  });

  it('is logged once when a procedure fails, over REST and tRPC', async () => {
    await without('tags', async () => {
      for (const [path, id] of [
        ['/api/v1/tags/', 'rest'],
        ['/api/v1/tags/1/', 'rest-row'],
        [`/trpc/tags.list?input=${encodeURIComponent('{"json":{}}')}`, 'trpc'],
      ] as const) {
        const { status, text } = await ask(path, id);
        expect(status, path).to.equal(500);
        expect(text, path).not.to.match(/relation|select|\bat /i);
        expectLogged(id, /"tags" does not exist/);
      }
      const input = encodeURIComponent('{"0":{"json":{}},"1":{"json":{}}}');
      const batch = await ask(`/trpc/tags.list,auth.me?batch=1&input=${input}`, 'batch');
      expect(batch.status).to.equal(207);
      expectLogged('batch', /"tags" does not exist/);
      const body = '{"json":{"name":"vip"}}';
      const post = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
      expect((await ask('/trpc/tags.create', 'write', post)).status).to.equal(500);
      expectLogged('write', /"tags" does not exist/);
    });
  });

  it('is logged once when a stream fails', async () => {
    await without('mailings', async () => {
      expect((await ask(watch, 'stream')).text)
        .to.contain('server.failed')
        .and.not.contain('relation');
      expectLogged('stream', /"mailings" does not exist/);
    });
  });

  it('is logged once wherever else it happens, and tells nobody why', async () => {
    const { status, text } = await ask('/swagger/broken', 'page');
    expect(status).to.equal(500);
    expect(text).to.equal('{"statusCode":500,"message":"Internal server error."}');
    expectLogged('page', /a secret of the file system/);
  });

  it('is not what a caller does wrong', async () => {
    const post = (body: string) => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } });
    await ask('/trpc/tags.create', 'wrong', post('{'));
    await ask('/trpc/auth.changeMe', 'wrong', post('{"json":{"email":"bad","constructor":1}}'));
    await ask('/trpc/nothing', 'wrong');
    await ask('/api/v1/tags/', 'wrong', post('{"name":""}'));
    await ask('/api/v1/tags/', 'wrong', post('x'.repeat(1_100_000)));
    await ask('/trpc/tags.create', 'wrong', post('x'.repeat(1_100_000)));
    await ask('/live/mailing.watch', 'wrong');
    expect(linesOf('wrong')).to.deep.equal([]);
  });
});
