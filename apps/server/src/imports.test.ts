import { defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { connectJobs } from '@showroom/jobs';
import { createTestDatabase, type TestDatabase, waitFor, withClient } from '@showroom/testing';
import { expect } from 'chai';
import { createServer } from './app.js';

const waitingForLocks = `
  SELECT FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND d.datname = current_database()`;

describe('a server with twelve imports at once', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let close = async () => {};
  let origin: string;

  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    await ensureFirstSuperuser(database, { username: 'admin', password: 'pw' });
    const logger = createLogger('server', 'silent');
    const jobs = connectJobs({ databaseUrl: testDatabase.url, logger });
    const app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
    close = async () => {
      await app.close();
      await jobs.close();
      await database.close();
      await testDatabase.drop();
    };
    await testDatabase.query(`INSERT INTO tags (name) VALUES ('one')`);
    await testDatabase.query(`INSERT INTO codes (code) VALUES ('900')`);
  });
  after(() => close());

  const authorization = `Basic ${btoa('admin:pw')}`;
  const importing = () =>
    fetch(`${origin}/api/v1/clients/import/`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'text/csv' },
      body: 'phone_number,timezone,mobile_operator_code,tag\n79130000001,UTC,1,1\n',
    });
  const statusOf = async (path: string) =>
    (await fetch(`${origin}${path}`, { headers: { authorization }, signal: AbortSignal.timeout(3_000) })).status;

  it('is ready, and answers others', async () => {
    await waitFor(async () => (await statusOf('/readyz')) === 200);
    await withClient(testDatabase.url, async (client) => {
      await client.query('BEGIN; LOCK TABLE clients IN SHARE ROW EXCLUSIVE MODE');
      const imports = Promise.all(Array.from({ length: 12 }, importing));
      await waitFor(async () => (await client.query(waitingForLocks)).rowCount === 2);
      for (let look = 0; look < 5; look++) {
        expect(await statusOf('/api/v1/tags/')).to.equal(200);
        expect(await statusOf('/readyz')).to.equal(200);
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      await client.query('COMMIT');
      expect((await imports).map(({ status }) => status)).to.deep.equal(Array.from({ length: 12 }, () => 200));
    });
  });
});
