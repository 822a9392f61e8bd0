import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, startPoolingProxy, type TestDatabase, waitFor, withClient } from '@showroom/testing';
import { expect } from 'chai';
import { tellUnfitPooler } from './fit-pooler.js';

describe('a pooler before PostgreSQL', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  const worker = { name: 'showroom worker', hasSettings: true };
  const server = { name: 'showroom server' };
  const hostOf = (url: string) => new URL(url).host;

  it('is not seen where there is none', async () => {
    for (const each of [server, worker]) expect(await tellUnfitPooler(database.url, each)).to.equal(undefined);
  });

  it('is named when connections share a session, with the way out and without the password', async () => {
    const pooler = await startPoolingProxy(database.url);
    const said = await tellUnfitPooler(pooler.url, server);
    await pooler.close();
    expect(said).to.equal(
      `The pooler at ${hostOf(pooler.url)}, which DATABASE_URL names, gives the statements of a connection to different ` +
        'sessions (transaction pooling), and locks, LISTEN and settings need one session. ' +
        'Name PostgreSQL itself, or use a pool with pool_mode = session.',
    );
  });

  it('is named when it refuses the settings of a worker', async () => {
    const pooler = await startPoolingProxy(database.url, { refused: 'options' });
    const said = await tellUnfitPooler(pooler.url, worker);
    await pooler.close();
    expect(said).to.equal(
      `The pooler at ${hostOf(pooler.url)}, which DATABASE_URL names, refuses settings (unsupported startup parameter: ` +
        'options). Name PostgreSQL itself, or let PgBouncer have ignore_startup_parameters = options.',
    );
  });

  it('is no excuse for a PostgreSQL that is away', async () => {
    const error = await tellUnfitPooler('postgres://somebody:s3cret@127.0.0.1:1/x', server).catch((reason) => reason);
    expect(error).to.include({ code: 'ECONNREFUSED' });
  });

  describe('of the name PgBouncer', () => {
    let dir: string;
    let bouncer: ChildProcess | undefined;
    before(function () {
      if (spawnSync('pgbouncer', ['--version']).error) {
        process.stderr.write('LEFT OUT, the check with PgBouncer: there is none (apt-get install pgbouncer).\n');
        this.skip();
      }
    });
    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'showroom-pgbouncer-'));
      chmodSync(dir, 0o755);
    });
    afterEach(() => {
      bouncer?.kill('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    });

    /** PgBouncer on a port of its own; not as root, which it refuses. */
    async function start(settings: string): Promise<string> {
      const { hostname, port, username, password, pathname } = new URL(database.url);
      const listenPort = await freePort();
      const target = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
      const config = `[databases]
* = ${target}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = any
${settings}
`;
      writeFileSync(join(dir, 'pgbouncer.ini'), config);
      const isRoot = process.getuid?.() === 0;
      bouncer = spawn('pgbouncer', [join(dir, 'pgbouncer.ini')], {
        stdio: 'ignore',
        ...(isRoot && { uid: 65_534, gid: 65_534 }),
      });
      const url = `postgres://${username}@127.0.0.1:${listenPort}${pathname}`;
      await waitFor(
        () =>
          withClient(url, (client) => client.query('SELECT 1')).then(
            () => true,
            () => false,
          ),
        {
          timeoutMs: 15_000,
        },
      );
      return url;
    }

    for (const settings of ['', 'server_round_robin = 1', 'default_pool_size = 1']) {
      it(`is found out in transaction mode (${settings || 'as it comes'})`, async () => {
        const url = await start(`pool_mode = transaction\nignore_startup_parameters = options\n${settings}`);
        await Promise.all(
          Array.from({ length: 4 }, () => withClient(url, (client) => client.query('SELECT pg_sleep(0.1)'))),
        );
        for (const each of [server, worker]) expect(await tellUnfitPooler(url, each)).to.contain('transaction pooling');
      });
    }

    it('fits in session mode, once it lets settings pass', async () => {
      const fits = await start('pool_mode = session\nignore_startup_parameters = options');
      for (const each of [server, worker]) expect(await tellUnfitPooler(fits, each)).to.equal(undefined);
    });

    it('does not fit in session mode without', async () => {
      const strict = await start('pool_mode = session');
      expect(await tellUnfitPooler(strict, server)).to.equal(undefined);
      expect(await tellUnfitPooler(strict, worker)).to.contain('ignore_startup_parameters = options');
    });
  });
});

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
