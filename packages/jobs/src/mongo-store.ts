import { setTimeout as sleep } from 'node:timers/promises';
import { MongoBackend, MongoChangeStreamNotificationChannel } from '@agendajs/mongo-backend';
import { type Collection, type Db, MongoClient, MongoServerError } from 'mongodb';
import type { JobsLogger } from './logger.js';
import { createMongoCatalog, inOrder } from './mongo-catalog.js';
import type { Store } from './store.js';
import { reconnectWhenStuck } from './stuck-heartbeat.js';

interface MongoStoreOptions {
  url: string;
  name: string;
  logger: JobsLogger;
  timeoutMs: number;
}

const collection = 'agendaJobs';
const duplicateKey = 11000;

/** Jobs in MongoDB. A replica set tells of new jobs by a change stream; a standalone server has to be asked. */
export async function openMongoStore({ url, name, logger, timeoutMs }: MongoStoreOptions): Promise<Store> {
  const client = new MongoClient(url, {
    appName: name,
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    socketTimeoutMS: 2 * timeoutMs,
  });
  const stuck = reconnectWhenStuck({ client, logger, limitMs: 3 * timeoutMs });
  const close = async () => {
    stuck.stop();
    await Promise.race([client.close(), sleep(timeoutMs, undefined, { ref: false })]);
  };
  client.on('error', (err) => logger.warn({ err }, 'a connection to the job store was lost'));
  try {
    await client.connect();
    const db = client.db(databaseName(url));
    const backend = new MongoBackend({ mongo: db, collection });
    const prepare = () => createIndexes(db, backend, logger);
    await prepare();
    return {
      backend: 'mongodb',
      repository: backend.repository,
      catalog: createMongoCatalog(db.collection(collection)),
      channel: (await hasChangeStreams(db)) ? createChannel(db) : undefined,
      prepare,
      isDuplicate,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The driver would call a database without a name `test`. */
function databaseName(url: string): string {
  return url.match(/^mongodb(?:\+srv)?:\/\/[^/]+\/([^?]+)/)?.[1] ?? 'showroom';
}

async function hasChangeStreams(db: Db): Promise<boolean> {
  const hello = await db.command({ hello: 1 });
  return typeof hello.setName === 'string' || hello.msg === 'isdbgrid';
}

/** Reconnects for ever, every five seconds; meanwhile polling finds the jobs. */
function createChannel(db: Db): MongoChangeStreamNotificationChannel {
  return new MongoChangeStreamNotificationChannel({
    db,
    collection,
    reconnect: { enabled: true, initialDelayMs: 5000 },
  });
}

/**
 * Agenda brings the index that finds the next job. Ours find jobs whose lock is too old (Agenda asks for them in the same
 * breath, and would look at every job of that name), those of one mailing, and a page of the list. They let a lane have
 * one send, a mailing one purge, and a repeating job one record (two upserts at the same moment would make two). If jobs
 * break that rule already (made while the index was gone), we do without.
 */
async function createIndexes(db: Db, backend: MongoBackend, logger: JobsLogger): Promise<void> {
  await backend.connect();
  const jobs = db.collection(collection);
  await jobs.createIndex({ 'data.mailing': 1, name: 1 }, { name: 'showroom_mailing' });
  await jobs.createIndex({ name: 1, lockedAt: 1 }, { name: 'showroom_locked' });
  await jobs.createIndex(inOrder, { name: 'showroom_in_order' });
  try {
    await createOnceIndex(jobs, { name: 'mailing.send' }, { name: 1, 'data.mailing': 1, 'data.lane': 1 });
    await createOnceIndex(jobs, { name: 'mailing.purge' }, { name: 1, 'data.mailing': 1 });
    await createOnceIndex(jobs, { type: 'single' }, { name: 1, type: 1 });
  } catch (err) {
    if (!isDuplicate(err)) throw err;
    logger.warn({ err }, 'some jobs are there twice; they do no harm, and end by themselves');
  }
}

function createOnceIndex(jobs: Collection, which: Record<string, string>, keys: Record<string, 1>): Promise<string> {
  const name = `showroom_once_${Object.values(which)}`;
  return jobs.createIndex(keys, { name, unique: true, partialFilterExpression: which });
}

function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey;
}
