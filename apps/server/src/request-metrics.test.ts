import { createDocument, defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { type Jobs, openJobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { createServer } from './app.js';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'REPORT', 'SEARCH'];
const suffixes = ['', '.json', '.pdf', '.made-up', '?format=made-up', '?page=made-up', '/made-up'];
const oddHeaders: Record<string, string>[] = [
  { accept: 'made/up' },
  { host: 'made up' },
  { host: 'made-up.example' },
  { 'content-type': 'made/up', 'content-length': '7' },
  { 'content-type': 'application/json', 'content-length': '7' },
  { authorization: 'Basic made-up' },
  { authorization: 'Bearer made-up' },
  { 'trpc-accept': 'application/jsonl' },
];

describe('the metrics of requests', function () {
  this.timeout(300_000);
  let testDatabase: TestDatabase;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;
  const authorization = `Basic ${btoa('admin:pw')}`;
  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    const logger = createLogger('server', 'silent');
    await ensureFirstSuperuser(database, { username: 'admin', password: 'pw' });
    jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    await app.ready();
  });
  after(async () => {
    await app.close();
    await jobs.close();
    await database.close();
    await testDatabase.drop();
  });

  const read = async () => (await app.inject('/metrics')).body;
  const linesOf = (text: string) => text.split('\n').filter((line) => line.startsWith('showroom_http_'));
  const send = (method: string, url: string, headers: Record<string, string> = {}) =>
    app.inject({
      method: method as InjectOptions['method'],
      url,
      headers,
      payload: headers['content-type'] && '{"a":1}',
    });

  /** Every path of the document with ids that are none, and paths beside it. */
  const paths = Object.keys(createDocument().paths).map((path) => `/api/v1${path.replace(/\{\w+\}/g, '987654')}`);
  function* oddRequests(): Generator<[method: string, url: string, headers: Record<string, string>]> {
    for (const path of paths) {
      for (const method of methods) for (const suffix of suffixes) yield [method, path.replace(/\/$/, '') + suffix, {}];
      for (const headers of oddHeaders) yield [headers['content-type'] ? 'POST' : 'GET', path, headers];
    }
    for (let n = 0; n < 300; n++) {
      const procedures = [
        `tags.made-up${n}`,
        `made-up${n}`,
        `tags.list,made-up${n}`,
        `made-up${n},`.repeat(200),
        'auth.me',
      ];
      for (const path of procedures)
        yield [n % 2 ? 'GET' : 'POST', `/trpc/${path}`, oddHeaders[n % oddHeaders.length]!];
      for (const path of ['', 'live/', 'jobs/', 'swagger/', 'api/v1/', 'api/v2/'])
        yield ['GET', `/${path}made-up${n}`, {}];
    }
  }

  it('do not grow with odd requests of strangers', async () => {
    await send('GET', '/api/v1/tags/');
    const before = await read();
    let sent = 0;
    for (const [method, url, headers] of oddRequests()) {
      await send(method, url, headers);
      sent += 1;
    }
    const text = await read();
    expect(sent).to.be.above(5_000);
    expect(text).not.to.match(/made.up/);
    expect(text.length - before.length, 'a few series of statuses and routes').to.be.below(40_000);
    expect(linesOf(text).length).to.be.below(400);
    const count = linesOf(text).filter((line) => line.startsWith('showroom_http_request_seconds_count'));
    expect(count.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).to.be.above(5_000);
  });

  it('grow by one line an operation and status with odd requests of a user, and tell who is refused', async () => {
    const headers = { authorization };
    for (const path of paths) {
      for (const method of methods) await send(method, path.replace(/auth\/logout/, 'tags'), headers);
      for (const suffix of suffixes) await send('OPTIONS', path.replace(/\/$/, '') + suffix, headers);
      for (const odd of oddHeaders) await send('POST', path.replace(/auth\/logout/, 'tags'), { ...headers, ...odd });
    }
    const text = await read();
    expect(text).to.match(/showroom_http_refusals_total\{operation="tags_read",status="404",app="server"\} \d+/);
    expect(text).to.contain('showroom_http_refusals_total{operation="unknown caller",status="401",app="server"}');
    const told = new Set(linesOf(text).flatMap((line) => /operation="([^"]*)"/.exec(line)?.[1] ?? []));
    expect([...told].filter((operation) => operation.includes('987654'))).to.deep.equal([]);
    expect(text.length).to.be.below(250_000);
  });
});
