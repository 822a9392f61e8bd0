import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreProxy, startProxy, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { connectJobs } from './connect.js';
import { createTestJobs, recordCalls, recordLog, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, TestStore } from './fixtures/test-stores.js';

export function outageSuite(createStore: CreateTestStore): void {
  describe('outage', () => {
    let store: TestStore;
    let proxy: StoreProxy;
    const { open, closeAll } = createTestJobs(() => store);

    beforeEach(async () => {
      store = await createStore();
      proxy = await startProxy(store.address);
    });
    afterEach(async () => {
      await closeAll();
      await proxy.close();
      await store.drop();
    });

    const rejection = (promise: Promise<unknown>): Promise<Error> =>
      promise.then(
        () => new Error('it did not reject'),
        (error: Error) => error,
      );
    const throughProxy = () => store.optionsThrough(proxy.port);

    it('says which host cannot be reached, and no password', async () => {
      await proxy.refuse();
      const { databaseUrl, mongodbUrl } = throughProxy();
      const withPassword = (url: string) => url.replace(/\/\/([^@/]*@)?/, '//app:s3cret@');
      const askedAt = Date.now();
      const options = { databaseUrl: withPassword(databaseUrl), mongodbUrl: mongodbUrl && withPassword(mongodbUrl) };
      const error = await rejection(open(options));
      expect(error.message).to.contain(`127.0.0.1:${proxy.port}`);
      expect(`${error.stack} ${JSON.stringify(error.cause)}`).not.to.contain('s3cret');
      expect(Date.now() - askedAt).to.be.below(4000);
    });

    it('refuses calls of the clock within seconds, when the store is gone and when it is silent', async () => {
      const jobs = await open({ ...throughProxy(), callTimeoutMs: 1000 });
      for (const away of [() => proxy.refuse(), () => proxy.hang()]) {
        await jobs.send(1, 1);
        await away();
        const askedAt = Date.now();
        const error = await rejection(jobs.send(1, 2));
        expect(error.message).to.contain(`mailing.send is not scheduled: the job store`);
        expect(error.message).to.contain(`127.0.0.1:${proxy.port}`);
        expect(Date.now() - askedAt).to.be.below(1500);
        await proxy.restore();
        await waitFor(() => jobs.send(1, 3).then(() => true));
      }
    });

    it('outlives the loss of the store, and works on when it is back', async () => {
      const logger = recordLog();
      const [producer, worker] = [await open(), await open({ ...throughProxy(), logger })];
      const handlers = recordCalls();
      await worker.work(handlers);
      await waitFor(async () => handlers.calls.length >= 1);
      await proxy.refuse();
      await waitFor(() => logger.lines.some((line) => line.message.includes('does not answer')));
      await producer.send(1, 1);
      await sleep(600); // long enough for many questions to fail
      await proxy.restore();
      await waitFor(() => handlers.calls.some((call) => call.mailing === 1));
      await waitFor(() => logger.lines.some((line) => line.message.includes('answers again')));
      expect(logger.lines.filter((line) => line.level === 'error')).to.have.lengthOf(1);
      expect(logger.lines.filter((line) => line.level === 'warn').length).to.be.below(12);
      await waitFor(async () => {
        const askedAt = Date.now();
        await producer.send(2, askedAt);
        const run = await waitFor(() => handlers.calls.find((call) => call.lane === askedAt));
        return run.at - askedAt < 400; // notifications are back too
      });
    });

    it('goes on with a send through an outage shorter than its lock', async () => {
      // Renewed each second; after the outage it takes MongoDB's driver half a second to look again.
      const lasting = { lockLifetimeMs: 3000 };
      const [producer, worker, other] = [
        await open(),
        await open({ ...throughProxy(), ...lasting }),
        await open(lasting),
      ];
      const handlers = recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) });
      await worker.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => handlers.calls.some((call) => call.job === 'send'));
      await other.work(handlers);
      await proxy.refuse();
      await sleep(300);
      await proxy.restore();
      await sleep(3300); // longer than the lock lives: nothing must happen in this time
      expect(handlers.calls.filter((call) => call.job === 'send')).to.have.lengthOf(1);
    });

    it('goes on with a send while the store is away for all, and keeps it when it is back', async () => {
      const [producer, worker] = [await open(), await open({ ...throughProxy(), lockLifetimeMs: 900 })];
      const handlers = recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) });
      let isStopped = false;
      const send = handlers.send;
      handlers.send = async (...given) => {
        await send(...given);
        isStopped = true;
      };
      await worker.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => handlers.calls.some((call) => call.job === 'send'));
      await proxy.refuse();
      await sleep(2000); // two lifetimes and more: nothing must happen in this time
      expect(isStopped).to.equal(false);
      await proxy.restore();
      const lockedAt = async () => Number((await store.jobs()).find(({ name }) => name === 'mailing.send')?.lockedAt);
      const restoredAt = Date.now();
      await waitFor(async () => (await lockedAt()) > restoredAt, { timeoutMs: 15_000 });
      await sleep(1000); // a lifetime: nothing must happen in this time
      expect(isStopped, 'it was stopped').to.equal(false);
      expect(handlers.calls.filter((call) => call.job === 'send')).to.have.lengthOf(1);
    });

    it('stops a send that another worker took over during an outage, as soon as it can know', async () => {
      const logger = recordLog();
      const [producer, worker, other] = [await open(), await open({ ...throughProxy(), logger }), await open()];
      let isStopped = false;
      const handlers = recordCalls({
        send: async (_mailing, _lane, signal) => {
          await untilAborted(signal);
          isStopped = true;
        },
      });
      await worker.work(handlers);
      await producer.send(1, 1);
      await waitFor(() => handlers.calls.some((call) => call.job === 'send'));
      const others = recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) });
      await other.work(others);
      await proxy.refuse();
      await waitFor(() => others.calls.some((call) => call.job === 'send'));
      expect(isStopped, 'nobody told it').to.equal(false);
      await proxy.restore();
      await waitFor(() => isStopped);
      const message = 'mailing.send was stopped: its lock was not renewed in time, and another worker has it';
      await waitFor(() => logger.lines.some((line) => line.message === message));
    });

    it('makes a new sweep when all jobs are lost', async () => {
      const [producer, worker] = [await open(), await open({ sweepEveryMs: 300 })];
      const handlers = recordCalls();
      await worker.work(handlers);
      await waitFor(() => handlers.calls.length > 0);
      await store.wipe();
      const before = handlers.calls.length;
      await waitFor(() => handlers.calls.length >= before + 3);
      await Promise.all([producer.send(9, 1), worker.send(9, 1)]);
      await waitFor(() => handlers.calls.some((call) => call.mailing === 9));
    });

    it('is waited for when it is away at the start, by whoever connects', async () => {
      await proxy.refuse();
      const logger = recordLog();
      const jobs = connectJobs({ ...throughProxy(), logger, lockLifetimeMs: 1200, callTimeoutMs: 500 });
      const handlers = recordCalls();
      const working = jobs.work(handlers);
      expect((await rejection(jobs.startAt(1, new Date()))).message).to.contain(`127.0.0.1:${proxy.port}`);
      expect((await rejection(jobs.ping())).message).to.contain('not connected yet');
      await waitFor(() => logger.lines.some(({ message }) => message.includes('cannot be opened')));
      expect((await rejection(jobs.board.getJobsOverview())).message).to.contain('cannot be opened');
      await proxy.restore();
      await working;
      await jobs.ping();
      await jobs.startAt(1, new Date());
      await waitFor(() => handlers.calls.some((call) => call.mailing === 1));
      await jobs.close(500);
    });

    it('can be closed while it is waited for', async () => {
      await proxy.refuse();
      const jobs = connectJobs({ ...throughProxy(), logger: recordLog(), callTimeoutMs: 500 });
      const working = rejection(jobs.work(recordCalls()));
      await sleep(100);
      await jobs.close();
      expect(await working).to.be.instanceOf(Error);
    });

    it('is opened by eight at the same moment, on an empty store', async () => {
      const opened = await Promise.all(Array.from({ length: 8 }, () => open()));
      await Promise.all(opened.map((jobs) => jobs.work(recordCalls())));
      // Each may have one run right away, too; such a job is not planned again, and goes when it has run.
      const planned = async () => (await store.jobs()).filter(({ nextRunAt }) => nextRunAt !== null);
      await waitFor(async () => (await planned()).length === 1).catch(() => {});
      expect(await planned()).to.have.length(1);
    });
  });
}
