import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '@showroom/postgres';
import { searchPath } from './config.js';
import { readCopy, readDockerfile, readEnv, readExec, type Stage } from './dockerfile.js';

/*
 * What the Dockerfile does, done without Docker: each stage in a folder of its own, what git would bring along copied as
 * COPY says, each RUN run, on the Node that is here instead of the image's. Then each command of the last stage is
 * started with its ENTRYPOINT, as another user where we are root, on a real PostgreSQL, and a mailing is sent.
 *
 *   npm run rehearse
 */

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'showroom-rehearsal-'));
/** What the image may add to Node's: a little more than it does. */
const mostMegabytes = 130;
const say = (line: string) => process.stdout.write(`${line}\n`);

/** The folder that stands for `/` of a stage. */
const rootOf = (stage: string) => join(folder, stage);

function build(stages: Stage[], context: string): Stage {
  for (const stage of stages) {
    say(`FROM ${stage.image} AS ${stage.name}`);
    let workdir = '/';
    const at = (path: string) => resolve(rootOf(stage.name), `.${resolve('/', workdir, path)}`);
    for (const step of stage.steps) {
      if (step.keyword === 'WORKDIR') {
        workdir = step.text;
        mkdirSync(at('.'), { recursive: true });
      } else if (step.keyword === 'COPY') {
        const { from, sources, target } = readCopy(step);
        for (const source of sources)
          copy(from === null ? join(context, source) : join(rootOf(from), source), at(target), target);
      } else if (step.keyword === 'RUN') {
        say(`  RUN ${step.text}`);
        execFileSync('sh', ['-c', step.text], { cwd: at('.'), stdio: ['ignore', 'ignore', 'inherit'] });
      }
    }
  }
  return stages.at(-1)!;
}

/** A folder's content goes into the target, a file below it if that ends with a slash. */
function copy(source: string, target: string, written: string): void {
  if (!existsSync(source)) throw new Error(`COPY of ${source}, which is not there`);
  const isFile = statSync(source).isFile();
  cpSync(source, isFile && written.endsWith('/') ? join(target, basename(source)) : target, {
    recursive: true,
    verbatimSymlinks: true,
  });
}

/** What git has, without what .dockerignore leaves out by name. */
function createContext(): string {
  const context = join(folder, 'context');
  mkdirSync(context);
  const ignored = new Set(['.ci', '.github', 'docs', 'soak', 'benchmarks', 'compose.yaml', 'Dockerfile']);
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) {
    if (!ignored.has(file.split('/')[0]!) && existsSync(join(root, file)))
      cpSync(join(root, file), join(context, file));
  }
  return context;
}

const stages = readDockerfile(join(root, 'Dockerfile'));
const children: ChildProcess[] = [];

/** As ENTRYPOINT and CMD would; nobody is root in there. */
function start(stage: Stage, command: string, environment: Record<string, string>): ChildProcess {
  const [program, ...given] = readExec(stage.steps.find(({ keyword }) => keyword === 'ENTRYPOINT')!);
  const defaults = Object.assign({}, ...stage.steps.filter(({ keyword }) => keyword === 'ENV').map(readEnv));
  const isRoot = process.getuid?.() === 0;
  const child = spawn(program!, [...given, command], {
    cwd: join(rootOf(stage.name), 'app'),
    env: { PATH: searchPath, ...defaults, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(isRoot && { uid: 1000, gid: 1000 }),
  });
  child.stdout?.on('data', (chunk) => process.stdout.write(`  ${command}: ${chunk}`));
  children.push(child);
  return child;
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await look().catch(() => false)) {
      say(`  ${what}`);
      return;
    }
    await sleep(100);
  }
  throw new Error(`It did not come to this: ${what}`);
}

/** The role and the database, as `prepare` makes them; nothing else is the superuser. */
async function prepare(stage: Stage, superuserUrl: string): Promise<string> {
  const url = new URL(superuserUrl);
  Object.assign(url, { username: 'showroom', password: 'rehearsal', pathname: '/showroom' });
  await complete(stage, 'prepare', { DATABASE_SUPERUSER_URL: superuserUrl, DATABASE_URL: url.href });
  return url.href;
}

async function complete(stage: Stage, command: string, environment: Record<string, string>): Promise<void> {
  const [code] = await once(start(stage, command, environment), 'exit');
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

async function send(stage: Stage, databaseUrl: string): Promise<void> {
  const [server, worker, probe] = [18_005, 18_007, 18_006];
  const environment = { DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn', HOST: '127.0.0.1', WATCH_HOST: '127.0.0.1' };
  await complete(stage, 'migrate', environment);
  start(stage, 'server', { ...environment, PORT: String(server), ADMIN_PASSWORD: 'rehearsal' });
  start(stage, 'probe', { ...environment, PORT: String(probe) });
  const provider = { PROVIDER_URL: `http://127.0.0.1:${probe}`, PROVIDER_TOKEN: 't' };
  start(stage, 'worker', { ...environment, ...provider, WATCH_PORT: String(worker) });
  await until('the server is ready', async () => (await fetch(`http://127.0.0.1:${server}/readyz`)).ok);
  await until('the worker is ready', async () => (await fetch(`http://127.0.0.1:${worker}/readyz`)).ok);
  const health = join(rootOf(stage.name), 'app', 'deploy', 'health.mjs');
  for (const port of [server, worker, probe])
    execFileSync('node', [health], { env: { PATH: searchPath, PORT: String(port) } });
  say('  each is healthy');

  const headers = {
    authorization: `Basic ${Buffer.from('admin:rehearsal').toString('base64')}`,
    'content-type': 'application/json',
  };
  const post = (path: string, body: object) =>
    fetch(`http://127.0.0.1:${server}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  await post('/tags/', { name: 'vip' });
  await post('/codes/', { code: '900' });
  await post('/clients/', { phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 });
  await post('/mailing/', {
    tags: ['vip'],
    codes: [],
    text: 'Приходите',
    start_notification_date: '2026-01-01T10:00:00Z',
    end_notification_date: '2099-01-01T10:00:00Z',
  });
  await until('the message arrived', async () => {
    const counts = await (await fetch(`http://127.0.0.1:${probe}/counts`)).json();
    return (counts as { unique: number }).unique === 1;
  });
  const pdf = await fetch(`http://127.0.0.1:${server}/api/v1/statistic/1/?format=pdf`, { headers });
  if (!pdf.ok) throw new Error(`no PDF: ${pdf.status}`);
  const page = await fetch(`http://127.0.0.1:${server}/jobs/`, { headers });
  if (!page.ok) throw new Error(`no page of the jobs: ${page.status}`);
  say('  the statistics are there as a PDF, and the page of the jobs');
}

async function stopAll(): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`${child.spawnargs.at(-1)} ended with ${code} after SIGTERM`);
  }
}

try {
  const last = build(stages, createContext());
  execFileSync('chmod', ['-R', 'a+rX', folder]);
  const size = execFileSync('du', ['-sm', rootOf(last.name)], { encoding: 'utf8' }).split('\t')[0];
  say(`What the image adds to Node’s: ${size} MB`);
  if (Number(size) > mostMegabytes) {
    throw new Error(
      `The image adds more than ${mostMegabytes} MB: leave out what is new and not needed, or raise the limit.`,
    );
  }
  const postgres = await startPostgres({ dir: join(folder, 'postgres') });
  try {
    await send(last, await prepare(last, postgres.url));
    await stopAll();
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await postgres.stop();
  }
  say('The rehearsal went well.');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
