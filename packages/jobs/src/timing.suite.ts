import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls } from './fixtures/test-jobs.js';
import type { CreateTestStore, TestStore } from './fixtures/test-stores.js';

export function timingSuite(createStore: CreateTestStore): void {
  describe('timing', () => {
    let store: TestStore;
    const { open, closeAll } = createTestJobs(() => store);

    before(async () => {
      store = await createStore();
    });
    afterEach(closeAll);
    after(() => store.drop());

    it('runs a start at its time, and not before', async () => {
      const [producer, worker] = [await open(), await open()];
      const handlers = recordCalls();
      await worker.work(handlers);
      const at = new Date(Date.now() + 900);
      await producer.startAt(1, at);
      const run = await waitFor(() => handlers.calls.find((call) => call.mailing === 1));
      expect(run.at - at.getTime()).to.be.within(0, 300);
    });

    it('runs at once what is due now or is past, asked for by a process that never works', async () => {
      const [producer, worker] = [await open(), await open()];
      const handlers = recordCalls();
      await worker.work(handlers);
      await waitFor(() => handlers.calls.length > 0); // its first sweep: from now on it looks for jobs
      // PostgreSQL notifies; a standalone MongoDB is asked four times a second. A busy machine may delay single runs.
      const limitMs = store.backend === 'postgresql' ? 150 : 450;
      const delays: number[] = [];
      for (let mailing = 2; mailing <= 6; mailing++) {
        const askedAt = Date.now();
        await producer.send(mailing, 1);
        await producer.finishAt(mailing, new Date('2001-01-01'));
        const runs = await waitFor(() => {
          const calls = handlers.calls.filter((call) => call.mailing === mailing);
          return calls.length === 2 ? calls : undefined;
        });
        delays.push(...runs.map((run) => run.at - askedAt));
      }
      const median = delays.sort((a, b) => a - b)[delays.length / 2];
      expect(median, delays.join(', ')).to.be.below(limitMs);
    });

    it('sweeps again and again', async () => {
      const handlers = recordCalls();
      const worker = await open({ sweepEveryMs: 250 });
      await worker.work(handlers);
      await waitFor(() => handlers.calls.filter((call) => call.job === 'sweep').length >= 3);
      await waitFor(async () => (await store.jobs()).length === 1);
    });

    it('sweeps as soon as a worker starts, also when the next regular sweep is a minute away', async () => {
      const handlers = recordCalls();
      await (await open()).work(handlers);
      await waitFor(async () => {
        const jobs = await store.jobs();
        return jobs.length === 1 && jobs.every((job) => !job.lockedAt && Number(job.nextRunAt) > Date.now() + 30_000);
      });
      const before = handlers.calls.length;
      await (await open()).work(handlers);
      await waitFor(() => handlers.calls.length > before, { timeoutMs: 1000 });
    });
  });
}
