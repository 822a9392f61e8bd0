import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls, recordLog, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, TestStore } from './fixtures/test-stores.js';
import type { Jobs } from './index.js';

const lockLifetimeMs = 1200;

export function closingSuite(createStore: CreateTestStore): void {
  describe('closing', () => {
    let store: TestStore;
    const { open, closeAll } = createTestJobs(() => store);
    const named = (handlers: ReturnType<typeof recordCalls>, name: string) =>
      handlers.calls.filter((call) => call.job === name);

    /** Plans starts until one is seen locked before it is due. A busy machine may miss the first. */
    async function lockedAhead(producer: Jobs): Promise<{ mailing: number; at: Date }> {
      for (let mailing = 1; mailing <= 5; mailing++) {
        const at = new Date(Date.now() + 900);
        await producer.startAt(mailing, at);
        while (Date.now() < at.getTime()) {
          const jobs = await store.jobs();
          if (jobs.some((job) => job.data.mailing === mailing && job.lockedAt)) return { mailing, at };
          await sleep(25);
        }
      }
      throw new Error('No start was locked ahead of its time.');
    }

    beforeEach(async () => {
      store = await createStore();
    });
    afterEach(async () => {
      await closeAll();
      await store.drop();
    });

    it('stops the sends, and another worker goes on with them at once', async () => {
      const long = { send: (_mailing: number, _lane: number, signal: AbortSignal) => untilAborted(signal) };
      const impatient = {
        send: async (_mailing: number, _lane: number, signal: AbortSignal) => {
          await untilAborted(signal);
          signal.throwIfAborted();
        },
      };
      const [producer, first, second] = [await open(), await open({ lockLifetimeMs: 5000 }), await open()];
      const lanes = { 1: long, 2: impatient };
      const handlers = recordCalls({
        send: (mailing, lane, signal) => lanes[lane as 1 | 2].send(mailing, lane, signal),
      });
      await first.work(handlers);
      await producer.send(1, 1);
      await producer.send(1, 2);
      await waitFor(() => named(handlers, 'send').length === 2);
      const others = recordCalls(long);
      await second.work(others);
      const closedAt = Date.now();
      await first.close(5000);
      expect(Date.now() - closedAt).to.be.below(1000);
      await waitFor(() => named(others, 'send').length === 2, { timeoutMs: 1000 });
    });

    it('waits for a start that runs, and does not run it again', async () => {
      const [producer, first] = [await open(), await open()];
      const handlers = recordCalls({ start: () => sleep(400) });
      await first.work(handlers);
      await producer.startAt(1, new Date());
      await waitFor(() => named(handlers, 'start').length === 1);
      await first.close(5000);
      expect((await store.jobs()).map((job) => job.name)).to.deep.equal(['mailing.sweep']);
    });

    it('leaves a handler that does not stop in time, and its job runs elsewhere when the lock ends', async () => {
      const logger = recordLog();
      const [producer, first, second] = [await open(), await open({ lockLifetimeMs, logger }), await open()];
      let end = () => {};
      const handlers = recordCalls({ send: () => new Promise((resolve) => (end = resolve)) });
      await first.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => named(handlers, 'send').length === 1);
      const closedAt = Date.now();
      await first.close(300);
      expect(Date.now() - closedAt).to.be.within(300, 2500);
      expect(logger.lines.map((line) => line.message)).to.include(
        'did not stop in time; it runs again when its lock ends',
      );
      const others = recordCalls();
      await second.work(others);
      await waitFor(() => named(others, 'send').length === 1, { timeoutMs: 3 * lockLifetimeMs });
      end();
    });

    it('gives back a job that it had locked ahead of its time', async () => {
      const [producer, first, second] = [await open(), await open({ lockLifetimeMs: 5000 }), await open()];
      const handlers = recordCalls();
      await first.work(handlers);
      await second.work(handlers);
      const { mailing, at } = await lockedAhead(producer);
      await first.close();
      const start = await waitFor(() => named(handlers, 'start').find((call) => call.mailing === mailing));
      expect(start.at - at.getTime()).to.be.within(0, 600);
    });

    it('closes a process that never worked, at once', async () => {
      const producer = await open();
      const closedAt = Date.now();
      await producer.close();
      expect(Date.now() - closedAt).to.be.below(500);
    });
  });
}
