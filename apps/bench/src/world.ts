import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrateDatabase } from '@showroom/database';
import { startPostgres } from '@showroom/postgres';
import { MongoClient } from 'mongodb';
import pg from 'pg';
import type { Options } from './config.js';
import type { OwnStore, World } from './contender.js';
import { compileMockProvider, startMockProvider } from './mock-provider.js';
import { startProgram } from './processes.js';

/** PostgreSQL as one would run it: what is committed is on the disk. */
const settings = { max_connections: '200', shared_buffers: '1GB', max_wal_size: '4GB' };

export interface OpenWorld extends World {
  readonly postgresUrl: string;
  close(): Promise<void>;
}

export async function openWorld(options: Options): Promise<OpenWorld> {
  const dir = await mkdtemp(path.join(tmpdir(), 'showroom-bench-'));
  const postgres = await startPostgres({ dir: path.join(dir, 'postgres'), settings });
  const provider = await startMockProvider(compileMockProvider(), options);
  const redis = await startRedis(dir);
  await fillTemplate(postgres.url, options.messages);
  let databases = 0;
  let jobStores = 0;
  return {
    postgresUrl: postgres.url,
    provider,
    redis,
    postgresPid: postgres.pid,
    hasMongo: options.mongodbUrl !== undefined,
    createJobStore: () => createJobStore(options.mongodbUrl!, `bench_${process.pid}_${++jobStores}`),
    messages: options.messages,
    inFlight: options.inFlight,
    pipelining: options.pipelining,
    createDatabase: async () => {
      const name = `bench_${++databases}`;
      await query(postgres.url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
      return {
        url: inDatabase(postgres.url, name),
        drop: () => query(postgres.url, `DROP DATABASE ${name} WITH (FORCE)`),
      };
    },
    close: async () => {
      await redis?.stop();
      await provider.stop();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

const template = 'bench_template';

const inDatabase = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).toString();

async function query(url: string, sql: string, values: unknown[] = []): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql, values);
  } finally {
    await client.end();
  }
}

async function fillTemplate(url: string, clients: number): Promise<void> {
  await query(url, `CREATE DATABASE ${template}`);
  const filled = inDatabase(url, template);
  await migrateDatabase(filled);
  await query(filled, `INSERT INTO tags (name) VALUES ('vip')`);
  await query(filled, `INSERT INTO codes (code) VALUES ('900')`);
  await query(
    filled,
    `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
     SELECT 79000000000 + n, 'Europe/Moscow', (SELECT id FROM codes), (SELECT id FROM tags) FROM generate_series(1, $1::int) AS n`,
    [clients],
  );
  await query(filled, 'VACUUM ANALYZE');
}

async function createJobStore(url: string, name: string): Promise<OwnStore> {
  return {
    url: inDatabase(url, name),
    drop: async () => {
      const client = new MongoClient(inDatabase(url, name));
      await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

/** BullMQ's store, where the machine has it. It keeps nothing on disk, which is its fastest way. */
async function startRedis(dir: string) {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
  } catch {
    return null;
  }
  const port = await freePort();
  const values = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', dir];
  const { pid, stop } = await startProgram('redis-server', values, (line) => line.includes('Ready to accept'));
  return { port, pid, stop };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
