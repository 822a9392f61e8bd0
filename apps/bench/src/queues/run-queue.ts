import { createPoster, eachOf } from '../post.js';
import { runAgenda } from './agenda.js';
import { runBullMq } from './bullmq.js';
import { runGraphileWorker } from './graphile-worker.js';
import { runPgBoss } from './pg-boss.js';

interface Places {
  readonly messages: number;
  readonly inFlight: number;
  readonly databaseUrl: string;
  readonly mongoUrl: string;
  readonly redisPort: number;
}

/** What this process, of a contender that is no product, is told first. Whatever it is told next means: go. */
export interface QueueOrder extends Places {
  readonly queue: string;
  readonly providerUrl: string;
  readonly pipelining: number;
}

interface QueueTask extends Places {
  /** Asks the provider with one message. */
  readonly post: (id: number) => Promise<void>;
}

/** Sets a queue up, and gives what puts all messages into it and sends them: it resolves when that is recorded. */
export type Queue = (task: QueueTask) => Promise<() => Promise<void>>;

/** The bound of them all: sends, and records nothing. */
const runBareLoop: Queue = async ({ messages, inFlight, post }) => {
  const ids = Array.from({ length: messages }, (_, index) => index + 1);
  const postUntilTaken = async (id: number): Promise<void> => {
    while (!(await isTaken(post(id))));
  };
  return () => eachOf(ids, inFlight, postUntilTaken);
};

const isTaken = (posted: Promise<void>) =>
  posted.then(
    () => true,
    () => false,
  );

const queues: Record<string, Queue> = {
  bare: runBareLoop,
  'pg-boss': runPgBoss,
  'graphile-worker': runGraphileWorker,
  bullmq: runBullMq,
  agenda: runAgenda,
};

async function prepare({ queue, providerUrl, pipelining, ...task }: QueueOrder): Promise<() => Promise<void>> {
  const connections = Math.ceil(task.inFlight / pipelining);
  return queues[queue]!({ ...task, post: createPoster({ url: providerUrl, connections, pipelining }) });
}

let run: (() => Promise<void>) | null = null;
// Listening keeps the process there until it is killed, so that what it used can be read.
process.on('message', async (order: QueueOrder) => {
  if (run) {
    await run();
    process.send?.({ over: true });
  } else {
    run = await prepare(order);
    process.send?.({ ready: true });
  }
});
