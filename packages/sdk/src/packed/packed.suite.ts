import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { createTestDatabase, requireBuilt, startApp, type TestDatabase } from '@showroom/testing';

export const run = promisify(execFile);
export const root = resolve(import.meta.dirname, '../../../..');
export const sdk = join(root, 'packages/sdk');
export const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** The version that tRPC's binding to TanStack Query wants; those of ours may be newer. */
export const trpcVersion = '11.22.1';
export const trpc = [`@trpc/client@${trpcVersion}`, `@trpc/server@${trpcVersion}`];

/** The package as it is published, installed in a folder that knows nothing of this repository. */
export interface Packed {
  readonly folder: string;
  readonly tarball: string;
  /** Adds packages of the registry to the folder. */
  add(...packages: string[]): Promise<void>;
  remove(): Promise<void>;
}

export async function installPacked(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'showroom-sdk-'));
  requireBuilt(root);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sdk });
  const packed = JSON.parse(stdout);
  const tarball = join(folder, (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]).filename);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const add = async (...packages: string[]) => {
    await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  };
  await add(tarball);
  return { folder, tarball, add, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The whole service, each of its processes on its own; its administrator is `admin` with the password `pw`. */
export interface Service {
  readonly url: string;
  readonly database: TestDatabase;
  /** A token that may do everything. */
  readonly token: string;
  stop(): Promise<void>;
}

export async function startService(settings: Record<string, string> = {}): Promise<Service> {
  const database = await createTestDatabase();
  const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
  const server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw', ...settings });
  const probe = startApp('apps/probe/dist/main.js', { PORT: '0' });
  const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't' };
  const worker = startApp('apps/worker/dist/main.js', { ...environment, ...provider });
  const url = String((await server.ready()).url);
  await worker.ready();
  return {
    url,
    database,
    token: await makeToken(url),
    stop: async () => {
      await Promise.all([server, worker, probe].map((app) => app.stop()));
      await database.drop();
    },
  };
}

async function makeToken(url: string): Promise<string> {
  const headers = { authorization: `Basic ${btoa('admin:pw')}`, 'content-type': 'application/json' };
  const all = await fetch(`${url}/api/v1/permissions/?limit=1000`, { headers });
  const permissions = ((await all.json()) as { results: { id: number }[] }).results.map(({ id }) => id);
  const body = JSON.stringify({ name: 'tests', permissions });
  const made = await fetch(`${url}/api/v1/tokens/`, { method: 'POST', headers, body });
  return ((await made.json()) as { token: string }).token;
}
