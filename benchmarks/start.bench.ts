import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';

const rounds = Number(process.env.START_ROUNDS ?? 5);
const ports = { PORT: '18005', PROBE_PORT: '18006' };

/*
 * How long it takes from the command to the first answer of `/readyz`: of `npm start` on data that are there, and of the
 * built server alone, with the memory that it has then.
 */
describe('start', function () {
  this.timeout(600_000);
  let database: TestDatabase;
  let dir: string;
  before(async () => {
    database = await createTestDatabase();
    dir = await mkdtemp(join(tmpdir(), 'showroom-start-'));
  });
  after(async () => {
    await database.drop();
    await rm(dir, { recursive: true, force: true });
  });

  it('of everything', async () => {
    const environment = { ...ports, DATA_DIR: dir, ADMIN_PASSWORD: 'pw' };
    const first = await start('npm', ['start'], environment);
    await first.stop();
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const again = await start('npm', ['start'], environment);
      times.push(again.ms);
      await again.stop();
    }
    process.stdout.write(`npm start: ${first.ms.toFixed(0)} ms the first time, then ${tell(times)}\n`);
  });

  it('of the built server', async () => {
    const times: number[] = [];
    let memoryMb = 0;
    for (let round = 0; round < rounds; round++) {
      const environment = { PORT: ports.PORT, DATABASE_URL: database.url, ADMIN_PASSWORD: 'pw' };
      const server = await start(process.execPath, ['apps/server/dist/main.js'], environment);
      times.push(server.ms);
      memoryMb = rssMbOf(server.child);
      await server.stop();
    }
    process.stdout.write(`the built server: ${tell(times)}, ${memoryMb} MiB\n`);
  });
});

async function start(command: string, args: string[], environment: Record<string, string>) {
  const startedAt = performance.now();
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const isOver = exited.then(() => true);
  for (;;) {
    if (await isAnswering()) break;
    if (await Promise.race([isOver, sleep(20, false)])) throw new Error(`${command} ${args.join(' ')} ended`);
  }
  const ms = performance.now() - startedAt;
  return {
    child,
    ms,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      // npm ends before what it started does.
      while (await isAnswering()) await sleep(50);
      await sleep(1_000);
    },
  };
}

const isAnswering = () =>
  fetch(`http://127.0.0.1:${ports.PORT}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

const rssMbOf = ({ pid }: ChildProcess) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024);

function tell(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
  return `${median.toFixed(0)} ms (${least.toFixed(0)}–${most.toFixed(0)})`;
}
