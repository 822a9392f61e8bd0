import { MongoBackend } from '@agendajs/mongo-backend';
import { Agenda } from 'agenda';
import { eachOf } from '../post.js';
import type { Queue } from './run-queue.js';

/** What most services of this kind do: a job for each message. */
export const runAgenda: Queue = async ({ mongoUrl, messages, inFlight, post }) => {
  const agenda = new Agenda({
    backend: new MongoBackend({ address: mongoUrl, collection: 'bench' }),
    processEvery: 100,
    maxConcurrency: inFlight,
    defaultConcurrency: inFlight,
    removeOnComplete: true,
  });
  await agenda.purge();
  await agenda.cancel({ name: 'send' });
  return async () => {
    const ids = Array.from({ length: messages }, (_, index) => index + 1);
    await eachOf(ids, inFlight, async (id) => void (await agenda.now('send', { id })));
    let left = messages;
    await new Promise<void>((resolve, reject) => {
      agenda.define<{ id: number }>('send', (job) => post(job.attrs.data.id));
      agenda.on('complete:send', () => {
        left -= 1;
        if (left === 0) resolve();
      });
      agenda.on('fail', reject);
      agenda.start().catch(reject);
    });
    await agenda.stop();
  };
};
