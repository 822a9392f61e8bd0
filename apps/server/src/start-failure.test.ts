import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';

const sources = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const flags = ['--conditions=showroom-src', '--import', createRequire(import.meta.url).resolve('tsx')];

/** Runs an app until it ends. */
const run = (file: string, environment: NodeJS.ProcessEnv) =>
  new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const child = execFile(process.execPath, [...flags, sources(file)], { env: { ...process.env, ...environment } });
    let stderr = '';
    child.stderr?.on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stderr }));
  });

describe('a start without a usable database', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const closed = 'postgres://showroom:secret@127.0.0.1:1/showroom';
  const worker = { PROVIDER_URL: 'http://127.0.0.1:9' };
  const apps = { server: './main.ts', worker: '../../worker/src/main.ts', migrate: './migrate.ts' };

  for (const [name, file] of Object.entries(apps)) {
    it(`ends the ${name} with a sentence, without a stack or a password`, async () => {
      const { code, stderr } = await run(file, { ...worker, PORT: '0', DATABASE_URL: closed });
      expect(code).to.equal(1);
      expect(stderr).to.contain('PostgreSQL cannot be used: connect ECONNREFUSED 127.0.0.1:1. Check that it runs');
      expect(stderr).not.to.match(/\n\s+at |secret/);
    });
  }

  it('says which user was not let in, or which database is not there', async () => {
    const missing = new URL(database.url);
    missing.pathname = '/nowhere';
    const { stderr } = await run('./migrate.ts', { DATABASE_URL: missing.href });
    expect(stderr).to.contain('PostgreSQL cannot be used: database "nowhere" does not exist. Check that it runs');
  });
});
