import { Queue as BullQueue, Worker } from 'bullmq';
import type { Queue } from './run-queue.js';

const batch = 1_000;

export const runBullMq: Queue = async ({ redisPort, messages, inFlight, post }) => {
  const connection = { host: '127.0.0.1', port: redisPort, maxRetriesPerRequest: null };
  const queue = new BullQueue('send', { connection, defaultJobOptions: { removeOnComplete: true } });
  await queue.obliterate({ force: true });
  return async () => {
    for (let first = 1; first <= messages; first += batch) {
      await queue.addBulk(
        Array.from({ length: Math.min(batch, messages - first + 1) }, (_, index) => ({
          name: 'send',
          data: { id: first + index },
        })),
      );
    }
    let left = messages;
    const worker = new Worker('send', (job) => post(job.data.id), { connection, concurrency: inFlight });
    await new Promise<void>((resolve, reject) => {
      worker.on('completed', () => {
        left -= 1;
        if (left === 0) resolve();
      });
      worker.on('error', reject);
    });
    await worker.close();
    await queue.close();
  };
};
