import { once } from 'node:events';
import { createTestDatabase, startApp, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';

/** Runs an app until it ends. */
async function run(app: string, environment: Record<string, string>) {
  const started = startApp(`apps/${app}.js`, environment);
  const [code] = await once(started.child, 'close');
  return { code, output: started.output() };
}

describe('a start without a usable database', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const closed = 'postgres://showroom:secret@127.0.0.1:1/showroom';
  const settings = { PORT: '0', PROVIDER_URL: 'http://127.0.0.1:9', DATABASE_URL: closed };

  for (const app of ['server/dist/main', 'worker/dist/main', 'server/dist/migrate']) {
    it(`ends ${app} with a sentence, without a stack or a password`, async () => {
      const { code, output } = await run(app, settings);
      expect(code).to.equal(1);
      expect(output).to.contain('PostgreSQL cannot be used: connect ECONNREFUSED 127.0.0.1:1. Check that it runs');
      expect(output).not.to.match(/\n\s+at |secret/);
    });
  }

  it('names the database that is not there', async () => {
    const missing = new URL(database.url);
    missing.pathname = '/nowhere';
    const { output } = await run('server/dist/migrate', { DATABASE_URL: missing.href });
    expect(output).to.contain('PostgreSQL cannot be used: database "nowhere" does not exist. Check that it runs');
  });
});
