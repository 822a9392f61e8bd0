import { defaultSettings } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { connectJobs, type Jobs, openJobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { createServer } from './app.js';

describe('server', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;
  let origin: string;

  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    const logger = createLogger('server', 'silent');
    jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await app.close();
    await jobs.close();
    await testDatabase.drop();
  });

  const get = async (path: string) => {
    const response = await fetch(`${origin}${path}`);
    return { status: response.status, url: response.url, text: await response.text() };
  };

  it('shows Swagger UI, with its files, to whoever comes to the front door', async () => {
    const { status, url, text } = await get('/');
    expect(status).to.equal(200);
    expect(url).to.equal(`${origin}/swagger/`);
    for (const [, file] of text.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect((await get(new URL(file!, url).pathname)).status, file).to.equal(200);
    }
  });

  it('gives the bare document where it has always been', async () => {
    const { status, text } = await get('/swagger/?format=openapi');
    expect(status).to.equal(200);
    expect(JSON.parse(text)).to.deep.equal(JSON.parse((await get('/api/v1/openapi.json')).text));
  });

  it('does not show files from outside of Swagger UI', async () => {
    for (const path of [
      '/swagger/../package.json',
      '/swagger/%2e%2e/package.json',
      '/swagger/package.json/..%2f..%2f',
    ]) {
      expect((await get(path)).status, path).to.be.oneOf([403, 404]);
    }
  });

  it('gives every answer the id of its request, the one it came with where that is fit for it', async () => {
    const idOf = async (headers: Record<string, string> = {}) =>
      (await fetch(`${origin}/healthz`, { headers })).headers.get('x-request-id');
    expect(await idOf()).to.match(/^[\da-f-]{36}$/);
    expect(await idOf({ 'x-request-id': 'abc-1' })).to.equal('abc-1');
    for (const unfit of ['', 'a b', 'x'.repeat(200), '"}']) {
      expect(await idOf({ 'x-request-id': unfit }), unfit).to.match(/^[\da-f-]{36}$/);
    }
    const unreadable = await fetch(`${origin}/trpc/%ff`, { headers: { 'x-request-id': 'abc-2' } });
    expect(unreadable.headers.get('x-request-id')).to.equal('abc-2');
  });

  it('tells of its requests, its ledger and its jobs', async () => {
    await jobs.startAt(7, new Date('2099-01-01'));
    await testDatabase.query(`INSERT INTO providers (name, state) VALUES ('probe-server', 'open')`);
    await get('/api/v1/tags/');
    await get('/trpc/tags.list?input=%7B%7D');
    await get('/trpc/nothing.such');
    await get('/no/such/path');
    const { text } = await get('/metrics');
    const told = sorted(text);
    for (const line of [
      'showroom_http_request_seconds_count{app="server",operation="refused",status="401"} 2',
      'showroom_http_refusals_total{app="server",operation="unknown caller",status="401"} 2',
      'showroom_mailings{app="server",status="running"} 0',
      'showroom_messages{app="server",status="sent"} 0',
      'showroom_backlog_messages{app="server"} 0',
      'showroom_ranges_held{app="server"} 0',
      'showroom_provider_state{app="server",provider="probe-server",state="open"} 1',
      'showroom_provider_state{app="server",provider="probe-server",state="closed"} 0',
      'showroom_database_up{app="server"} 1',
      'showroom_job_store_up{app="server"} 1',
      'showroom_jobs{app="server",name="mailing.start",state="scheduled"} 1',
      'showroom_job_lag_seconds{app="server"} 0',
    ]) {
      expect(told).to.include(line);
    }
    expect(text).to.contain('operation="/swagger/",status="200"').and.to.contain('operation="refused",status="404"');
    expect(text).not.to.contain('nothing.such');
  });

  it('goes on, and says so, while the job store is away', async () => {
    const logger = createLogger('server', 'silent');
    const lost = connectJobs({ databaseUrl: 'postgres://nobody@127.0.0.1:1/x', logger });
    const other = await createServer({ database, clock: lost, jobs: lost, logger, settings: defaultSettings });
    const { statusCode, body } = await other.inject('/readyz');
    expect(statusCode).to.equal(200);
    expect(JSON.parse(body)).to.deep.equal({
      status: 'degraded',
      database: 'ok',
      migrations: 'ok',
      writes: 'ok',
      sending: 'ok',
      jobs: 'does not answer',
      clock: 'ok',
    });
    const { body: metrics } = await other.inject('/metrics');
    expect(metrics).to.contain('showroom_job_store_up{app="server"} 0');
    expect(metrics).to.contain('showroom_database_up{app="server"} 1');
    await other.close();
    await lost.close();
  });

  it('is healthy, and ready as long as the database answers', async () => {
    expect(await get('/healthz')).to.include({ status: 200 });
    expect(await get('/readyz')).to.include({ status: 200 });
    await database.close();
    expect(await get('/healthz')).to.include({ status: 200 });
    await waitFor(async () => (await get('/readyz')).status === 503);
    expect(JSON.parse((await get('/readyz')).text)).to.deep.equal({
      status: 'unavailable',
      database: 'does not answer',
      migrations: 'does not answer',
      writes: 'ok', // what a look ten seconds ago or less found
      sending: 'does not answer',
      jobs: 'ok',
      clock: 'ok',
    });
  });
});

/** The lines of the metrics, with their labels in the order of their names. */
const sorted = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`));
