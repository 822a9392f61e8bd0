import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { BannerFacts } from './banner.js';
import type { Ready } from './child-run.js';
import { type SupervisedChild, superviseChild } from './children.js';
import type { StandaloneConfig } from './config.js';
import { embedPostgres } from './embedded.js';
import { lockFolder } from './lock.js';
import { requireFreePort } from './ports.js';

/** The apps that standalone runs as children. */
export type AppName = 'probe' | 'server' | 'worker';

export interface StandaloneDeps {
  config: StandaloneConfig;
  /** Absolute path of an app's entry file. */
  entryOf: (app: AppName) => string;
  /** Gets a sentence for the operator. */
  say: (line: string) => void;
}

interface Opening extends StandaloneDeps {
  /** What has been opened, to be closed in reverse. Each is pushed before its opening is waited for. */
  closers: (() => unknown)[];
  /** Called when a part is given up. */
  fail: (reason: Error) => void;
  /** Aborted when nothing more is to be opened. */
  ending: AbortSignal;
}

/**
 * Opens everything in order, then waits until it is asked to stop or a part is given up, and closes everything in
 * reverse order: worker, server, probe, PostgreSQL, lock. A start that is interrupted closes what it had opened.
 *
 * @throws Error with a sentence, after everything is closed, when it could not start or had to give up.
 */
export async function runStandalone(
  deps: StandaloneDeps,
  onReady: (facts: BannerFacts) => void,
  stop: AbortSignal,
): Promise<void> {
  const closers: Opening['closers'] = [];
  const ending = new AbortController();
  const failure = await new Promise<Error | null>((resolve) => {
    stop.addEventListener('abort', () => resolve(null));
    open({ ...deps, closers, fail: resolve, ending: ending.signal }).then(onReady, resolve);
  });
  ending.abort();
  for (const close of closers.reverse()) await close();
  if (failure) throw failure;
}

async function open(opening: Opening): Promise<BannerFacts> {
  const { config, closers, ending } = opening;
  closers.push(lockFolder(config.dataDir));
  await requireFreePort({ variable: 'PORT', host: config.host, port: config.port });
  if (!config.providerUrl) await requireFreePort({ variable: 'PROBE_PORT', host: PROBE_HOST, port: config.probePort });
  ending.throwIfAborted();
  const postgres = config.databaseUrl ? null : await openPostgres(opening);
  ending.throwIfAborted();
  const provider = await openProvider(opening);
  ending.throwIfAborted();
  const environment = {
    ...config.environment,
    HOST: config.host,
    PORT: String(config.port),
    LOG_LEVEL: config.logLevel,
    DATABASE_URL: config.databaseUrl ?? postgres?.databaseUrl,
    PROVIDER_URL: provider.url,
    PROVIDER_TOKEN: provider.token,
  };
  const server = await openApp(opening, 'server', environment);
  ending.throwIfAborted();
  await openApp(opening, 'worker', { ...environment, ADMIN_PASSWORD: undefined });
  return {
    serverUrl: server.url ?? `http://${config.host}:${config.port}`,
    probeUrl: config.providerUrl ? null : provider.url,
    providerUrl: provider.url,
    dataDir: config.dataDir,
    postgresDir: postgres?.dir ?? null,
    admin: server.admin,
  };
}

/** The probe can be told to misbehave by anybody who reaches it, so it stays on this machine whatever HOST says. */
const PROBE_HOST = '127.0.0.1';

async function openPostgres({ config, say, fail, closers }: Opening): Promise<{ databaseUrl: string; dir: string }> {
  say('Starting PostgreSQL …');
  const postgres = embedPostgres({ dir: path.join(config.dataDir, 'postgres'), logLevel: config.logLevel, say });
  closers.push(postgres.stop);
  postgres.givenUp.then(fail);
  const ready = await postgres.ready;
  if (ready.adopted) say('PostgreSQL was running here already, without us; it will be left running.');
  return ready;
}

async function openProvider(opening: Opening): Promise<{ url: string; token: string | undefined }> {
  const { providerUrl, providerToken, environment, probePort, logLevel } = opening.config;
  if (providerUrl) return { url: providerUrl, token: providerToken };
  const token = providerToken ?? randomBytes(24).toString('base64url');
  const settings = { HOST: PROBE_HOST, PORT: String(probePort), LOG_LEVEL: logLevel, PROBE_TOKEN: token };
  const { url } = await openApp(opening, 'probe', { ...environment, ...settings, ADMIN_PASSWORD: undefined });
  return { url: url ?? `http://${PROBE_HOST}:${probePort}`, token };
}

async function openApp(opening: Opening, name: AppName, environment: NodeJS.ProcessEnv): Promise<Ready> {
  const { entryOf, say, fail, closers } = opening;
  say(`Starting the ${name} …`);
  const child: SupervisedChild = superviseChild({ name, entry: entryOf(name), environment, say });
  closers.push(child.stop);
  child.givenUp.then(fail);
  return child.ready;
}
