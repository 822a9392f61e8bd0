import { defaultSettings } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { createServer } from './app.js';

const nothing = async () => {};
const clock = { startAt: nothing, finishAt: nothing, purge: nothing, forget: nothing };

describe('server', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let app: FastifyInstance;
  let origin: string;

  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    app = await createServer({ database, clock, logger: createLogger('server', 'silent'), settings: defaultSettings });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(async () => {
    await app.close();
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

  it('is healthy, and ready as long as the database answers', async () => {
    expect(await get('/healthz')).to.include({ status: 200 });
    expect(await get('/readyz')).to.include({ status: 200 });
    await database.close();
    expect(await get('/healthz')).to.include({ status: 200 });
    expect(await get('/readyz')).to.include({ status: 503 });
  });
});
