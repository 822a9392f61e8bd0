import { createRequire } from 'node:module';
import pg from 'pg';
import type { Contender, World } from '../contender.js';
import { startNode } from '../processes.js';

const admin = { username: 'admin', password: 'the bench' };
const authorization = `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString('base64')}`;
const entryOf = (app: string) =>
  createRequire(import.meta.url)
    .resolve(`@showroom/${app}/package.json`)
    .replace('package.json', 'dist/main.js');

interface ShowroomOptions {
  jobs: 'mongodb' | 'postgresql';
  workers: number;
  /** Requests in flight by each worker; else all workers share what the race allows. */
  inFlightEach?: number;
}

/** The product as it ships: a server, workers, PostgreSQL; the mailing is made by REST. */
export const createShowroom = ({ jobs, workers, inFlightEach }: ShowroomOptions): Contender => ({
  name: `showroom, jobs in ${jobs}, ${workers === 1 ? '1 worker' : `${workers} workers`}`,
  share: 1,
  lacks: (world: World) => (jobs === 'mongodb' && !world.hasMongo ? 'MONGODB_URL is not set' : null),
  prepare: async (world: World) => {
    const database = await world.createDatabase();
    const jobStore = jobs === 'mongodb' ? await world.createJobStore() : null;
    const environment = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'warn',
      ...(jobStore && { MONGODB_URL: jobStore.url }),
    };
    const server = startNode(entryOf('server'), {
      ...environment,
      PORT: '0',
      ADMIN_USERNAME: admin.username,
      ADMIN_PASSWORD: admin.password,
    });
    const { url } = await server.told('ready');
    const running = Array.from({ length: workers }, () =>
      startNode(entryOf('worker'), {
        ...environment,
        PROVIDER_URL: world.provider.url,
        SEND_CONCURRENCY: String(inFlightEach ?? Math.ceil(world.inFlight / workers)),
        ...(world.pipelining > 1 ? { PROVIDER_PIPELINING: String(world.pipelining) } : {}),
      }),
    );
    await Promise.all(running.map((worker) => worker.told('ready')));
    const client = new pg.Client(database.url);
    await client.connect();
    return {
      pids: running.map(({ pid }) => pid),
      go: () => createMailing(String(url)),
      isOver: async () => (await client.query(`SELECT FROM mailings WHERE status = 'completed'`)).rowCount === 1,
      close: async () => {
        await Promise.all([server, ...running].map((each) => each.stop()));
        await client.end();
        await database.drop();
        await jobStore?.drop();
      },
    };
  },
});

async function createMailing(url: string): Promise<void> {
  const response = await fetch(`${url}/api/v1/mailing/`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      tags: [],
      codes: [],
      text: 'Come and see',
      start_notification_date: '2020-01-01T00:00:00Z',
      end_notification_date: '2099-01-01T00:00:00Z',
    }),
  });
  if (response.status !== 201)
    throw new Error(`The mailing was not created: ${response.status} ${await response.text()}`);
}
