import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';

const root = resolve(import.meta.dirname ?? 'deploy', '..');

/** An app that needs a while before it listens to signals, and says so when it ends in good order. */
const slowApp = (busyMs: number) => `
  const { writeFileSync } = require('node:fs');
  writeFileSync('pid', String(process.pid));
  for (const until = Date.now() + ${busyMs}; Date.now() < until; );
  process.on('SIGTERM', () => setTimeout(() => { writeFileSync('in-order', ''); process.exit(0); }, 100));
  writeFileSync('ready', '');
  setInterval(() => {}, 1_000);`;

describe('SIGTERM', function () {
  this.timeout(30_000);
  let dir: string;
  const started: ChildProcess[] = [];
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'showroom-signals-'));
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    if (existsSync(join(dir, 'pid'))) killIfAlive(Number(read('pid')));
    rmSync(dir, { recursive: true, force: true });
  });

  const read = (name: string) => readFileSync(join(dir, name), 'utf8');
  const isThere = (name: string) => existsSync(join(dir, name));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text, { mode: 0o755 });
  };
  const start = (command: string, args: string[]) => {
    const env = { ...process.env, PATH: `${dir}:${process.env.PATH}` };
    const child = spawn(command, args, { cwd: dir, env, stdio: 'ignore' });
    started.push(child);
    return { child, exited: once(child, 'exit') as Promise<[number | null]> };
  };

  /** Asks the kernel: npm may end and leave what it started alive. */
  const isAlive = (pid: number) => spawnSync('kill', ['-0', String(pid)]).status === 0;
  const killIfAlive = (pid: number) => isAlive(pid) && process.kill(pid, 'SIGKILL');

  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  for (const script of ['start', 'server', 'worker', 'dev', 'soak', 'race']) {
    it(`to npm run ${script} ends what it runs, in good order`, async () => {
      // The build is not what this is about, and the app that stands in for ours needs no TypeScript.
      const command = scripts[script]!.replace('--import tsx ', '');
      const entry = /node (?:--\S+ )*(\S+)/.exec(command)![1]!;
      write('package.json', JSON.stringify({ scripts: { build: 'true', [script]: command } }));
      write('turbo', '#!/bin/sh\n');
      write(entry, slowApp(0));
      const { child, exited } = start('npm', ['run', script]);
      await waitFor(() => isThere('ready'), { timeoutMs: 15_000 });
      child.kill('SIGTERM');
      await exited;
      await waitFor(() => isThere('in-order'), { timeoutMs: 5_000 });
      await waitFor(() => !isAlive(Number(read('pid'))), { timeoutMs: 5_000 });
    });
  }

  const inNamespace = ['--fork', '--pid', '--mount-proc', '--kill-child'];
  const canUnshare = spawnSync('unshare', [...inNamespace, 'true']).status === 0;

  /** The image's entrypoint as process 1, as in a container. */
  function startContainer(busyMs: number) {
    cpSync(join(root, 'deploy/entrypoint.sh'), join(dir, 'entrypoint.sh'));
    write('apps/worker/dist/main.js', slowApp(busyMs));
    const { child, exited } = start('unshare', [...inNamespace, 'sh', 'entrypoint.sh', 'worker']);
    const first = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim();
    // The kernel drops what comes before the shell has its trap, which takes a shell a few milliseconds.
    const trapping = () => Number(first()) || undefined;
    return { exited, first: () => waitFor(() => (catchesTerm(trapping()) ? trapping() : undefined), { everyMs: 1 }) };
  }

  function catchesTerm(pid: number | undefined): boolean {
    if (pid === undefined) return false;
    const caught = /^SigCgt:\s*([\da-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    return (BigInt(`0x${caught}`) & (1n << 14n)) !== 0n;
  }

  for (const afterMs of [0, 20, 60, 120, 250]) {
    it(`ends a container within ${afterMs} ms of its start, before Node listens`, async function () {
      if (!canUnshare) this.skip();
      const { exited, first } = startContainer(5_000);
      const pid = await first();
      await sleep(afterMs);
      process.kill(pid, 'SIGTERM');
      const [code] = await Promise.race([exited, sleep(3_000, ['still there'])]);
      expect(code).to.equal(143);
    });
  }

  it('lets a container that runs end in good order, also when it comes twice', async function () {
    if (!canUnshare) this.skip();
    const { exited, first } = startContainer(0);
    await waitFor(() => isThere('ready'));
    const pid = await first();
    process.kill(pid, 'SIGTERM');
    await sleep(30);
    process.kill(pid, 'SIGTERM');
    expect((await exited)[0]).to.equal(0);
    expect(isThere('in-order')).to.equal(true);
  });
});
