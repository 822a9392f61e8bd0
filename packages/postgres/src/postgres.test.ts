import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import pg from 'pg';
import { type Postgres, startPostgres } from './cluster.js';
import type { Held } from './fixtures/holder.js';
import { isAlive, isServerOf } from './pid-file.js';
import { asUser, canEnter, findUser, isRoot, type SystemUser } from './user.js';

const settings = { fsync: 'off' };
const holder = fileURLToPath(new URL('./fixtures/holder.ts', import.meta.url));

describe('startPostgres', function () {
  this.timeout(60_000);
  let root: string;
  let dir: string;
  const running: Postgres[] = [];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), 'pg-test-'));
    fs.chmodSync(root, 0o755);
    dir = path.join(root, 'cluster');
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const pid = serverPid(dir);
    if (pid) {
      process.kill(pid, 'SIGQUIT');
      await until(() => !isAlive(pid));
    }
    fs.rmSync(root, { recursive: true, force: true });
  });

  async function start(options: { port?: number; dir?: string } = {}): Promise<Postgres> {
    const postgres = await startPostgres({ dir, settings, ...options });
    running.push(postgres);
    return postgres;
  }

  async function hold(user: SystemUser | null = null): Promise<{ child: ChildProcess; held: Held }> {
    const child = fork(holder, [dir], asUser(user));
    children.push(child);
    const [held] = (await once(child, 'message')) as [Held];
    return { child, held };
  }

  describe('first start', () => {
    it('answers by TCP and by its socket, to the password only', async () => {
      const { url, socketUrl, adopted, port } = await start();
      expect(adopted).to.equal(false);
      expect(await ask(url, 'SELECT inet_server_port() AS answer')).to.equal(port);
      expect(await ask(socketUrl as string, 'SELECT inet_server_port() AS answer')).to.equal(null);
      for (const place of [url, socketUrl as string]) {
        expect(await refusalOf(place.replace(/:[^:@]+@/, ':guess@'))).to.contain('password');
      }
    });

    it('listens on 127.0.0.1 alone and syncs as asked', async () => {
      const { url } = await start();
      expect(await ask(url, "SELECT current_setting('listen_addresses') AS answer")).to.equal('127.0.0.1');
      expect(await ask(url, "SELECT current_setting('fsync') AS answer")).to.equal('off');
    });

    it('closes its files to others', async () => {
      await start();
      expect(modeOf(dir)).to.equal('700');
      expect(modeOf(path.join(dir, 'password'))).to.equal('600');
    });

    it('puts the socket elsewhere when the path is long, and takes it away', async () => {
      const postgres = await start({ dir: path.join(root, 'long'.repeat(25)) });
      const socketUrl = new URL(postgres.socketUrl as string);
      expect(await ask(socketUrl.href, 'SELECT 1 AS answer')).to.equal(1);
      const folder = socketUrl.searchParams.get('host') as string;
      expect(modeOf(folder)).to.equal('700');
      await postgres.stop();
      expect(fs.existsSync(folder)).to.equal(false);
      const again = await start({ dir: postgres.dir, port: postgres.port });
      expect(again.socketUrl).to.equal(socketUrl.href);
    });

    it('says which port is in use', async () => {
      const server = net.createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as net.AddressInfo;
      const failure = await start({ port }).catch((error: Error) => error.message);
      server.close();
      expect(failure).to.match(new RegExp(`Port ${port} of 127.0.0.1 is in use`));
    });
  });

  describe('second start', () => {
    it('keeps data and password', async () => {
      const first = await start();
      await remember(first.url, 'stop');
      await first.stop();
      expect(isAlive(first.pid)).to.equal(false);
      const second = await start({ port: first.port });
      expect(second.url).to.equal(first.url);
      expect(await recall(second.url)).to.equal('stop');
    });

    it('adopts a live server, and stopping the adopted one does nothing', async () => {
      const first = await start();
      const second = await start();
      expect(second).to.include({ adopted: true, pid: first.pid, url: first.url, socketUrl: first.socketUrl });
      await second.stop();
      expect(await ask(first.url, 'SELECT 1 AS answer')).to.equal(1);
    });

    it('at the same time as the first, in two processes, ends with one server', async () => {
      const [one, two] = await Promise.all([hold(), hold()]);
      expect([one.held.adopted, two.held.adopted].sort()).to.eql([false, true]);
      expect(one.held.pid).to.equal(two.held.pid);
      expect(one.held.url).to.equal(two.held.url);
      expect(await ask(two.held.url, 'SELECT 1 AS answer')).to.equal(1);
    });

    it('says so when the password file is gone', async () => {
      const first = await start();
      await first.stop();
      fs.rmSync(path.join(dir, 'password'));
      expect(await start().catch((error: Error) => error.message)).to.contain('password is missing');
    });
  });

  describe('after kill -9', () => {
    it('of node, PostgreSQL stops by itself in good order', async () => {
      const { child, held } = await hold();
      await remember(held.url, 'node killed');
      child.kill('SIGKILL');
      await until(() => !isAlive(held.pid));
      expect(serverPid(dir)).to.equal(null);
      expect(await recall((await start()).url)).to.equal('node killed');
    });

    it('of PostgreSQL, the end is told and the next start recovers', async () => {
      const first = await start();
      await remember(first.url, 'server killed');
      process.kill(first.pid, 'SIGKILL');
      await first.ended;
      const second = await start();
      expect(second.adopted).to.equal(false);
      expect(await recall(second.url)).to.equal('server killed');
    });

    it('of node, shell and PostgreSQL, the next start recovers', async () => {
      const { child, held } = await hold();
      await remember(held.url, 'all killed');
      process.kill(-groupOf(held.pid), 'SIGKILL');
      child.kill('SIGKILL');
      expect(await recall((await start()).url)).to.equal('all killed');
    });

    it('of node and shell, the orphaned server is adopted', async () => {
      const { child, held } = await hold();
      // The one that waits for our end first: when the other is gone, node closes what it listens to.
      for (const pid of shellsAround(held.pid).reverse()) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
      const second = await start();
      expect(second).to.include({ adopted: true, pid: held.pid });
      process.kill(held.pid, 'SIGKILL');
      await second.ended;
    });

    it('in the middle of initdb, the next start begins anew', async () => {
      const child = fork(holder, [dir]);
      children.push(child);
      const unfinished = () => fs.existsSync(dir) && fs.readdirSync(dir).find((name) => name.startsWith('initdb-'));
      await until(() => Boolean(unfinished()));
      child.kill('SIGKILL');
      expect(await ask((await start()).url, 'SELECT 1 AS answer')).to.equal(1);
      expect(unfinished()).to.equal(undefined);
    });
  });

  describe('a pid file that lies', () => {
    /** Runs a script as the account PostgreSQL runs as, for only such a process stands in PostgreSQL's way. */
    async function withStrangers(script: string, work: (pid: number) => Promise<void>): Promise<void> {
      const shell = spawn('/bin/sh', ['-c', script], { ...asUser(findUser(path.join(dir, 'data'))), stdio: 'pipe' });
      children.push(shell);
      const [said] = await once(shell.stdout, 'data');
      await work(Number(said));
    }

    async function startOver(pid: number): Promise<Postgres> {
      const first = await start();
      const file = path.join(dir, 'data', 'postmaster.pid');
      const text = fs.readFileSync(file, 'utf8').replace(/^\d+/, String(pid));
      await first.stop();
      fs.writeFileSync(file, text);
      return start({ port: first.port });
    }

    it('is cleared when its pid is another program now', () =>
      withStrangers('echo $$; exec sleep 60', async (pid) => {
        expect((await startOver(pid)).adopted).to.equal(false);
      }));

    // It ends after the shell has become `sleep`, which never asks for it; a shell that is slower would have.
    it('is cleared when its pid is a zombie', () =>
      withStrangers('sleep 0.5 & echo $!; exec sleep 60', async (pid) => {
        await until(() => isAlive(pid) && fs.readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
        expect((await startOver(pid)).adopted).to.equal(false);
      }));
  });

  describe('accounts', () => {
    const somebody = isRoot() ? { uid: 65534, gid: 65534 } : null;

    it('runs as a plain user', async function () {
      if (!somebody || !canEnter(path.dirname(holder), somebody)) return this.skip();
      fs.chmodSync(root, 0o777);
      const { held } = await hold(somebody);
      expect(fs.statSync(path.join(dir, 'data')).uid).to.equal(somebody.uid);
      expect(await ask(held.url, 'SELECT 1 AS answer')).to.equal(1);
    });

    it('started by root, goes on as the account that owns the data', async function () {
      if (!somebody || !canEnter(path.dirname(holder), somebody)) return this.skip();
      fs.chmodSync(root, 0o777);
      const { child, held } = await hold(somebody);
      await remember(held.url, 'plain user');
      child.kill('SIGKILL');
      await until(() => serverPid(dir) === null);
      expect(await recall((await start()).url)).to.equal('plain user');
      expect(fs.statSync(path.join(dir, 'data')).uid).to.equal(somebody.uid);
    });

    it('tells a plain user whose folder it is', async function () {
      if (!somebody || !canEnter(path.dirname(holder), somebody)) return this.skip();
      fs.mkdirSync(dir, { mode: 0o700 });
      const child = fork(holder, [dir], { ...somebody, silent: true });
      let said = '';
      child.stderr?.on('data', (chunk) => {
        said += chunk;
      });
      await once(child, 'close');
      expect(said).to.contain('belongs to another account');
    });

    it('keeps the data elsewhere when root asks for a folder that only root can reach', async function () {
      if (!isRoot()) return this.skip();
      fs.chmodSync(root, 0o700);
      const first = await start();
      const elsewhere = fs.readlinkSync(path.join(dir, 'elsewhere'));
      try {
        expect(first.dir)
          .to.equal(elsewhere)
          .and.match(/^\/var\/lib\/showroom\/postgres-/);
        await remember(first.url, 'elsewhere');
        await first.stop();
        fs.renameSync(dir, path.join(root, 'moved'));
        expect(await recall((await start({ dir: path.join(root, 'moved') })).url)).to.equal('elsewhere');
      } finally {
        await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
        fs.rmSync(elsewhere, { recursive: true });
      }
    });
  });
});

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ answer: unknown }>(sql)).rows[0]?.answer;
  } finally {
    await client.end();
  }
}

async function refusalOf(url: string): Promise<string> {
  return ask(url, 'SELECT 1').then(
    () => 'none',
    (error: Error) => error.message,
  );
}

async function remember(url: string, note: string): Promise<void> {
  await ask(url, `CREATE TABLE notes AS SELECT '${note}' AS note`);
}

async function recall(url: string): Promise<unknown> {
  return ask(url, 'SELECT note AS answer FROM notes');
}

function serverPid(dir: string): number | null {
  const data = path.join(dir, 'data');
  const file = path.join(data, 'postmaster.pid');
  if (!fs.existsSync(file)) return null;
  const pid = Number.parseInt(fs.readFileSync(file, 'utf8'), 10);
  return isServerOf(data, pid) ? pid : null;
}

function groupOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'pgid=', '-p', String(pid)], { encoding: 'utf8' }));
}

/** Of PostgreSQL's group all but itself and its children, which leave the group only a moment after they began. */
function shellsAround(postgres: number): number[] {
  const group = groupOf(postgres);
  const lines = execFileSync('ps', ['-e', '-o', 'pid=,ppid=,pgid='], { encoding: 'utf8' }).trim().split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number, number])
    .filter(([pid, parent, pgid]) => pgid === group && pid !== postgres && parent !== postgres)
    .map(([pid]) => pid);
}

function modeOf(file: string): string {
  return (fs.statSync(file).mode & 0o777).toString(8);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}
