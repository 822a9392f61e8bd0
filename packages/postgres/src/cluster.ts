import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { locateHome, openHome } from './home.js';
import { initialise } from './initdb.js';
import { findFreePort, findLiveServer } from './live-server.js';
import { keepPassword } from './password.js';
import { isServerOf, readPidFile } from './pid-file.js';
import { type ServerProcess, spawnServer } from './server-process.js';
import { openSocketFolder } from './socket-folder.js';
import { findUser, type SystemUser } from './user.js';

export interface PostgresOptions {
  /** A folder of its own: it is made, given to the account that PostgreSQL runs as, and closed to others. */
  dir: string;
  /** TCP port on 127.0.0.1; a free one when absent. */
  port?: number;
  /** PostgreSQL's own settings, `{ fsync: 'off' }`. Where it listens cannot be changed by them. */
  settings?: Record<string, string>;
  /** Gets PostgreSQL's log, line by line. */
  log?: (line: string) => void;
}

export interface Postgres {
  /** `postgres://postgres:<password>@127.0.0.1:<port>/postgres` */
  url: string;
  /** The same by the unix socket (up to twice as fast), as node-postgres, Sequelize and libpq take it; null on Windows. */
  socketUrl: string | null;
  port: number;
  /** Where the data are: `options.dir`, or the place that its link `elsewhere` points to. */
  dir: string;
  /** PostgreSQL's own process id. */
  pid: number;
  /** True when the server of this folder was running already and is shared with whoever started it. */
  adopted: boolean;
  /** Resolves when this server has ended, asked to or not, to the last lines it said (of an adopted one we hear none). */
  ended: Promise<string>;
  /** Stops in good order and resolves when all is written. Does nothing to an adopted server. */
  stop(): Promise<void>;
}

/** One cluster, ready to be started. */
interface Cluster {
  home: string;
  dataDir: string;
  postgres: string;
  user: SystemUser | null;
  password: string;
  options: PostgresOptions;
}

/** How long a start may take, crash recovery included. */
const START_MS = 5 * 60_000;

/** What PostgreSQL says when it meets another start, or what a killed server has not yet let go of. */
const PASSING = /lock file .* (already exists|is empty)|shared memory block/;
const PORT_TAKEN = /could not create any TCP\/IP sockets/;

/**
 * Starts the PostgreSQL of a folder and resolves when it takes connections. What an earlier life left behind
 * (a kill -9 of anything, at any moment) is cleared; the data stay. A server already at work on the folder is adopted,
 * so that two starts at once end with one server. It does not keep node alive, and it stops when node ends.
 *
 * @throws Error with a sentence for the operator: no binaries, no account, port in use, folder of another account.
 * @example
 * const postgres = await startPostgres({ dir: '.showroom/postgres' });
 * const pool = new pg.Pool({ connectionString: postgres.url });
 * await postgres.stop();
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const cluster = await openCluster(options);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const live = await findLiveServer(cluster.dataDir, deadline);
    if (live) return present(cluster, live, null);
    const started = await tryStart(cluster, deadline);
    if (typeof started !== 'string') return started;
    if (!isPassing(started, options) || Date.now() > deadline) throw new Error(toSentence(started, options));
    await sleep(100);
  }
}

async function openCluster(options: PostgresOptions): Promise<Cluster> {
  const user = findUser(path.join(locateHome(options.dir), 'data'));
  const { postgres, initdb } = findBinaries(user);
  const home = openHome(options.dir, user);
  const password = keepPassword(home, user);
  await initialise({ initdb, home, user, sync: options.settings?.fsync !== 'off' });
  return { home, dataDir: path.join(home, 'data'), postgres, user, password, options };
}

/** Answers the running server, or what PostgreSQL said when it gave up. */
async function tryStart(cluster: Cluster, deadline: number): Promise<Postgres | string> {
  const { home, dataDir, postgres, user, options } = cluster;
  const port = options.port ?? (await findFreePort());
  const sockets = openSocketFolder(home, user);
  const args = ['-D', dataDir, '-p', String(port), ...toArguments(options.settings ?? {}, sockets.path)];
  const server = spawnServer({ postgres, args, cwd: home, user, log: options.log ?? (() => {}) });
  if (await isReady(dataDir, server, deadline)) {
    const stop = () => server.stop().then(sockets.remove);
    return present(cluster, { pid: await server.pid, port, socketFolder: sockets.path ?? '' }, { ...server, stop });
  }
  await server.stop();
  return server.ended;
}

function toArguments(settings: Record<string, string>, socketFolder: string | null): string[] {
  const listening = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: socketFolder ?? '',
    unix_socket_permissions: '0700',
  };
  return Object.entries({ ...settings, ...listening }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** As pg_ctl does it: the server itself writes `ready` into its pid file. False when it ended instead, or never came. */
async function isReady(dataDir: string, server: ServerProcess, deadline: number): Promise<boolean> {
  let hasEnded = false;
  server.ended.then(() => {
    hasEnded = true;
  });
  const pid = await server.pid;
  while (!hasEnded && Date.now() < deadline) {
    const seen = readPidFile(dataDir);
    if (seen?.pid === pid && seen.status === 'ready') return true;
    await sleep(10);
  }
  return false;
}

function present(
  { home, dataDir, password }: Cluster,
  { pid, port, socketFolder }: { pid: number; port: number; socketFolder: string },
  own: Pick<ServerProcess, 'ended' | 'stop'> | null,
): Postgres {
  const account = `postgres:${encodeURIComponent(password)}`;
  return {
    url: `postgres://${account}@127.0.0.1:${port}/postgres`,
    socketUrl: socketFolder
      ? `postgres://${account}@localhost:${port}/postgres?host=${encodeURIComponent(socketFolder)}`
      : null,
    port,
    dir: home,
    pid,
    adopted: own === null,
    ended: own ? own.ended : endOfAdopted(dataDir, pid),
    stop: async () => own?.stop(),
  };
}

async function endOfAdopted(dataDir: string, pid: number): Promise<string> {
  while (isServerOf(dataDir, pid)) await sleep(1_000, undefined, { ref: false });
  return '';
}

function isPassing(said: string, { port }: PostgresOptions): boolean {
  return PASSING.test(said) || (port === undefined && PORT_TAKEN.test(said));
}

function toSentence(said: string, { dir, port }: PostgresOptions): string {
  if (port !== undefined && PORT_TAKEN.test(said)) {
    return `Port ${port} of 127.0.0.1 is in use: choose another one for PostgreSQL, or stop what listens there.`;
  }
  return `PostgreSQL did not start in ${dir}:\n${said}`;
}
