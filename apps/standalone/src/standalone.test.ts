import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { migrateDatabase } from '@showroom/database';
import { startPostgres } from '@showroom/postgres';
import { startApp, type TestProcess, waitFor, withClient, databaseUrl as within } from '@showroom/testing';
import { expect } from 'chai';
import { openJournal } from './fixtures/journal.js';

const entry = 'apps/standalone/src/fixtures/standalone.ts';
const elsewhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };

describe('standalone', function () {
  this.timeout(60_000);
  let folder: string;
  let dataDir: string;
  let journal: ReturnType<typeof openJournal>;
  const started: TestProcess[] = [];

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'standalone-test-'));
    fs.chmodSync(folder, 0o755);
    dataDir = path.join(folder, 'data');
    journal = openJournal(path.join(folder, 'journal'));
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.stop()));
    await waitFor(() => livePids().length === 0);
    fs.rmSync(folder, { recursive: true });
  });

  const environment = (variables: Record<string, string>) => ({
    DATA_DIR: dataDir,
    PORT: '0',
    PROBE_PORT: '0',
    FAKE_JOURNAL: path.join(folder, 'journal'),
    ...variables,
  });

  function start(variables: Record<string, string> = elsewhere): TestProcess {
    const app = startApp(entry, environment(variables));
    started.push(app);
    return app;
  }

  /** All that standalone ever started and that still lives. */
  function livePids(): number[] {
    const pidFile = path.join(dataDir, 'postgres', 'data', 'postmaster.pid');
    const server = fs.existsSync(pidFile) ? [Number.parseInt(fs.readFileSync(pidFile, 'utf8'), 10)] : [];
    return [...journal.pids(), ...server].filter(isAlive);
  }

  const databaseUrl = () => journal.after('server up').at(-1) as string;

  it('opens everything in order, says where it is, and closes it in reverse at Ctrl-C', async () => {
    const app = start({});
    const { url } = await app.ready();
    expect(app.output()).to.contain(`${url}/api/v1/`).and.contain('admin, password made-up').and.contain(dataDir);
    expect(app.output()).to.contain(`curl -u 'admin:made-up'`);
    const { rows } = await withClient(databaseUrl(), (client) => client.query('SELECT current_database()'));
    expect(rows).to.eql([{ current_database: 'showroom' }]);
    expect(livePids()).to.have.length(4);

    app.child.kill('SIGINT');
    expect(await app.stop('SIGINT')).to.equal(0);
    expect(journal.events().filter((event) => !event.endsWith('born'))).to.eql([
      ...['probe up', 'server up', 'worker up'],
      ...['worker down', 'server down', 'probe down'],
    ]);
    expect(livePids()).to.eql([]);
    expect(fs.readdirSync(dataDir)).to.eql(['postgres']);
  });

  it('gives its apps a role that owns the database, and is no superuser', async () => {
    await start({}).ready();
    await withClient(databaseUrl(), async (client) => {
      const { rows } = await client.query(`SELECT session_user AS who, current_setting('is_superuser') AS superuser`);
      expect(rows).to.eql([{ who: 'showroom', superuser: 'off' }]);
      for (const sql of [`COPY (SELECT 1) TO PROGRAM 'true'`, `SELECT pg_read_file('PG_VERSION')`]) {
        const refusal = await client.query(sql).then(
          () => 'none',
          ({ message }: Error) => message,
        );
        expect(refusal, sql).to.contain('permission denied');
      }
    });
    const url = new URL(databaseUrl());
    url.username = 'postgres';
    expect(await withClient(url.href, async () => 'in').catch(({ message }: Error) => message)).to.contain('password');
  });

  it('takes over a data folder of a version that was the superuser', async () => {
    const old = await startPostgres({ dir: path.join(dataDir, 'postgres'), settings: { fsync: 'off' } });
    await withClient(old.url, (client) => client.query('CREATE DATABASE showroom'));
    await migrateDatabase(within(old.url, 'showroom'));
    await withClient(within(old.url, 'showroom'), (client) => client.query(`INSERT INTO tags (name) VALUES ('kept')`));
    await old.stop();

    const first = start({});
    await first.ready();
    expect(await migrateDatabase(databaseUrl())).to.eql([]);
    await withClient(databaseUrl(), async (client) => {
      expect((await client.query('SELECT name FROM tags')).rows).to.eql([{ name: 'kept' }]);
      await client.query('ALTER TABLE clients ADD COLUMN added int');
      await client.query('CREATE SCHEMA agenda');
    });
    const before = databaseUrl();
    expect(await first.stop('SIGINT')).to.equal(0);
    await start({}).ready();
    await withClient(databaseUrl(), (client) => client.query('SELECT added FROM clients'));
    expect(new URL(databaseUrl()).password).to.not.equal(new URL(before).password);
  });

  it('leaves no orphan after kill -9, and starts again on the same data', async () => {
    const app = start({});
    await app.ready();
    await withClient(databaseUrl(), (client) => client.query('CREATE TABLE kept ()'));
    await app.stop('SIGKILL');
    await waitFor(() => livePids().length === 0);

    await start({}).ready();
    await withClient(databaseUrl(), (client) => client.query('SELECT FROM kept'));
  });

  it('brings a killed PostgreSQL back at the same address', async () => {
    const app = start({});
    await app.ready();
    const pid = livePids().at(-1) as number;
    process.kill(pid, 'SIGKILL');
    await waitFor(() => withClient(databaseUrl(), () => Promise.resolve(livePids().length === 4)));
    expect(livePids()).to.not.include(pid);
    expect(app.output()).to.contain('PostgreSQL ended unexpectedly');
  });

  it('starts no probe for a provider of your own, and no PostgreSQL for a database of your own', async () => {
    const app = start({ ...elsewhere, PROVIDER_URL: 'https://sms.example', PROVIDER_TOKEN: 'secret' });
    await app.ready();
    expect(journal.pids('probe')).to.eql([]);
    expect(fs.existsSync(path.join(dataDir, 'postgres'))).to.equal(false);
    expect(app.output()).to.contain('https://sms.example').and.not.contain('inbox');
  });

  it('refuses a data folder that another one runs on', async () => {
    const first = start();
    await first.ready();
    const second = start();
    expect(await exitOf(second)).to.equal(1);
    expect(second.output()).to.contain(`runs on ${dataDir} already (process ${first.child.pid})`);
    expect(livePids()).to.have.length(3);
  });

  it('says which port is in use', async () => {
    const holder = net.createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as net.AddressInfo;
    const app = start({ ...elsewhere, PORT: String(port) });
    expect(await exitOf(app)).to.equal(1);
    holder.close();
    expect(app.output()).to.contain(
      `Port ${port} of 127.0.0.1 is in use. Stop what listens there, or set another PORT.`,
    );
  });

  it('gives up, with the reason, when an app cannot start', async () => {
    const app = start({ ...elsewhere, FAKE_SERVER: 'fails' });
    expect(await exitOf(app)).to.equal(1);
    expect(app.output()).to.match(/Showroom stopped\. The server ended with code 3 again and again/);
    expect(journal.events()).to.include('probe down').and.not.include('worker born');
  });

  it('stops in the middle of its start', async () => {
    const app = start({ ...elsewhere, FAKE_SERVER: 'mute' });
    await waitFor(() => journal.pids('server').length === 1);
    expect(await app.stop('SIGTERM')).to.equal(0);
    expect(journal.events()).to.include('probe down').and.not.include('worker born');
  });

  it('stops when the npm that runs it is killed', async () => {
    const command = [process.execPath, '--conditions=showroom-src', '--import', 'tsx', entry].join(' ');
    // An outer shell in npm's place, an inner one as npm's own; `true` keeps each of them from becoming the next.
    const npm = spawn('/bin/sh', ['-c', `sh -c '${command}; true'; true`], {
      cwd: fileURLToPath(new URL('../../../', import.meta.url)),
      env: { ...process.env, ...environment(elsewhere), npm_lifecycle_event: 'start' },
      stdio: 'ignore',
    });
    await waitFor(() => journal.events().includes('worker up'));
    npm.kill('SIGKILL');
    await waitFor(() => journal.events().includes('probe down') && livePids().length === 0);
  });

  async function exitOf(app: TestProcess): Promise<number | null> {
    await app.ready().catch(() => {});
    return app.child.exitCode;
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
