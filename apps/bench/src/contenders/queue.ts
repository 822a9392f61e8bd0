import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Contender, World } from '../contender.js';
import { startNode } from '../processes.js';
import type { QueueOrder } from '../queues/run-queue.js';

const entry = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../queues/run-queue.ts' : '../queues/run-queue.js', import.meta.url),
);

interface QueueOptions {
  /** Its name in the process that runs it. */
  queue: string;
  name: string;
  share?: number;
  needs?: 'postgresql' | 'mongodb' | 'redis';
}

/** A process of its own that enqueues all messages and sends them: what the queue brings, and nothing recorded beyond. */
export const createQueueContender = ({ queue, name, share = 1, needs }: QueueOptions): Contender => ({
  name,
  share,
  lacks: (world: World) => {
    if (needs === 'mongodb' && !world.hasMongo) return 'MONGODB_URL is not set';
    if (needs === 'redis' && !world.redis) return 'there is no redis-server';
    return null;
  },
  prepare: async (world: World) => {
    const database = needs === 'postgresql' ? await world.createDatabase() : null;
    const jobStore = needs === 'mongodb' ? await world.createJobStore() : null;
    const child = startNode(entry);
    child.tell({
      queue,
      messages: world.messages,
      inFlight: world.inFlight,
      pipelining: world.pipelining,
      providerUrl: world.provider.url,
      databaseUrl: database?.url ?? '',
      mongoUrl: jobStore?.url ?? '',
      redisPort: world.redis?.port ?? 0,
    } satisfies QueueOrder);
    await child.told('ready');
    const over = child.told('over').then(() => true);
    // Who fails is noticed by whoever asks whether it is over.
    over.catch(() => {});
    return {
      pids: [child.pid],
      go: async () => child.tell({ go: true }),
      isOver: () => Promise.race([over, sleep(0, false)]),
      close: async () => {
        await child.stop('SIGKILL');
        await database?.drop();
        await jobStore?.drop();
      },
    };
  },
});
