import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { startWorker, type WorkerProcess } from './fixtures/start-worker.js';
import { createTestJobs, recordCalls, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, TestStore } from './fixtures/test-stores.js';

const lockLifetimeMs = 1200;

export function lockSuite(createStore: CreateTestStore): void {
  describe('lock', () => {
    let store: TestStore;
    let process: WorkerProcess | undefined;
    const { open, closeAll } = createTestJobs(() => store);
    const sendsOf = (handlers: ReturnType<typeof recordCalls>) => handlers.calls.filter((call) => call.job === 'send');
    const long = { send: (_mailing: number, _lane: number, signal: AbortSignal) => untilAborted(signal) };

    beforeEach(async () => {
      store = await createStore();
    });
    afterEach(async () => {
      await process?.kill();
      process = undefined;
      await closeAll();
      await store.drop();
    });

    it('belongs to one worker for as long as that lives, many lifetimes long', async () => {
      // Long enough for a busy machine, which may stop the process that renews the lock for a second.
      const longer = { lockLifetimeMs: 2 * lockLifetimeMs };
      const [producer, first, second] = [await open(), await open(longer), await open(longer)];
      const handlers = recordCalls(long);
      await first.work(handlers);
      await second.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => sendsOf(handlers).length === 1);
      await sleep(2.5 * longer.lockLifetimeMs); // nothing must happen in this time
      expect(sendsOf(handlers)).to.have.lengthOf(1);
    });

    it('passes to another worker within its lifetime after kill -9', async () => {
      const [producer, worker] = [await open(), await open({ lockLifetimeMs })];
      process = await startWorker({ ...store.options, lockLifetimeMs });
      await producer.send(1, 1);
      await waitFor(() => process?.messages.some((message) => message.began));
      const handlers = recordCalls(long);
      await worker.work(handlers);
      const killedAt = Date.now();
      await process.kill();
      const send = await waitFor(() => sendsOf(handlers)[0]);
      expect(send.at - killedAt).to.be.below(lockLifetimeMs + 600);
    });

    it('is not taken back by a worker that slept: it stops, and the one that took over goes on', async () => {
      const [producer, worker] = [await open(), await open({ lockLifetimeMs })];
      process = await startWorker({ ...store.options, lockLifetimeMs });
      await producer.send(1, 1);
      await waitFor(() => process?.messages.some((message) => message.began));
      const handlers = recordCalls(long);
      await worker.work(handlers);
      process.signal('SIGSTOP');
      await waitFor(() => sendsOf(handlers).length === 1);
      process.signal('SIGCONT');
      await waitFor(() => process?.messages.some((message) => message.aborted), { timeoutMs: 2000 });
      await sleep(1.5 * lockLifetimeMs); // nothing must happen in this time
      expect(sendsOf(handlers)).to.have.lengthOf(1);
      expect(process.messages.filter((message) => message.began)).to.have.lengthOf(1);
      const sends = (await store.jobs()).filter((job) => job.name === 'mailing.send');
      expect(sends).to.have.lengthOf(1);
      expect(Date.now() - Number(sends[0]!.lockedAt)).to.be.below(lockLifetimeMs);
    });

    it('is lost when somebody removes the job, and the handler is told so', async () => {
      const [producer, worker] = [await open(), await open({ lockLifetimeMs })];
      let reason: unknown;
      const handlers = recordCalls({
        send: async (_mailing, _lane, signal) => {
          await untilAborted(signal);
          reason = signal.reason;
        },
      });
      await worker.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => sendsOf(handlers).length === 1);
      await store.remove('mailing.send');
      await waitFor(() => reason);
      expect(String(reason)).to.contain('the job was removed');
      await producer.send(1, 1);
      await waitFor(() => sendsOf(handlers).length === 2);
    });
  });
}
