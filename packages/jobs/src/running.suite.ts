import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls, recordLog, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, TestStore } from './fixtures/test-stores.js';

export function runningSuite(createStore: CreateTestStore): void {
  describe('running', () => {
    let store: TestStore;
    const { open, closeAll } = createTestJobs(() => store);

    beforeEach(async () => {
      store = await createStore();
    });
    afterEach(async () => {
      await closeAll();
      await store.drop();
    });

    it('hands each job its ids, and removes it when it is done', async () => {
      const [producer, worker] = [await open(), await open()];
      const handlers = recordCalls();
      await worker.work(handlers);
      await producer.startAt(1, new Date());
      await producer.finishAt(2, new Date());
      await producer.send(3, 7);
      await producer.purge(4);
      await waitFor(async () => {
        const jobs = await store.jobs();
        return jobs.length === 1 && jobs[0]?.name === 'mailing.sweep';
      });
      const calls = handlers.calls.filter((call) => call.job !== 'sweep').map(({ at, ...call }) => call);
      expect(calls).to.have.deep.members([
        { job: 'start', mailing: 1 },
        { job: 'finish', mailing: 2 },
        { job: 'send', mailing: 3, lane: 7 },
        { job: 'purge', mailing: 4 },
      ]);
    });

    it('looks at a crowded lane again after a while, until somebody takes it', async () => {
      const worker = await open();
      const sends = () => handlers.calls.filter(({ job }) => job === 'send');
      const handlers = recordCalls({ send: async () => (sends().length < 3 ? 'crowded' : undefined) });
      await worker.work(handlers);
      await worker.send(1, 2);
      await waitFor(() => sends().length === 3, { timeoutMs: 15_000 });
      expect(sends()[1]!.at - sends()[0]!.at).to.be.within(900, 4_000);
      await waitFor(async () => (await store.jobs()).every(({ name }) => name === 'mailing.sweep'));
      expect(sends()).to.have.lengthOf(3);
    });

    it('tries a job that fails again, and logs why it failed', async () => {
      const logger = recordLog();
      const [producer, worker] = [await open(), await open({ logger })];
      const handlers = recordCalls({
        start: async () => {
          if (handlers.calls.filter((call) => call.job === 'start').length < 2) throw new Error('no such luck');
        },
      });
      await worker.work(handlers);
      await producer.startAt(1, new Date());
      const starts = () => handlers.calls.filter((call) => call.job === 'start');
      await waitFor(() => starts().length === 2);
      expect(starts()[1]!.at - starts()[0]!.at).to.be.within(700, 2000);
      await waitFor(async () => (await store.jobs()).length === 1);
      const failures = logger.lines.filter((line) => line.level === 'error');
      expect(failures).to.have.lengthOf(1);
      expect(failures[0]!.context).to.deep.include({ job: 'mailing.start', mailing: 1, failures: 1 });
      expect(failures[0]!.context).to.have.nested.property('err.message', 'no such luck');
    });

    it('keeps the pause of a failed job when it is asked for again, and moves it when its date is moved', async () => {
      const [producer, worker] = [await open(), await open()];
      const handlers = recordCalls({ start: () => Promise.reject(new Error('again')) });
      await worker.work(handlers);
      await producer.startAt(1, new Date());
      const failed = await waitFor(async () =>
        (await store.jobs()).find((job) => job.data.mailing === 1 && !job.lockedAt && job.nextRunAt),
      );
      await producer.startAt(1, new Date());
      const start = () => store.jobs().then((jobs) => jobs.filter((job) => job.data.mailing === 1));
      expect(await start()).to.deep.equal([failed]);
      const at = new Date(Date.now() + 60_000);
      await producer.startAt(1, at);
      expect((await start()).map((job) => job.nextRunAt)).to.deep.equal([at]);
    });

    it('drops a job without its ids', async () => {
      const logger = recordLog();
      const worker = await open({ logger });
      const handlers = recordCalls();
      await worker.work(handlers);
      await store.insert({ name: 'mailing.send', data: { mailing: 1 }, nextRunAt: new Date(), lockedAt: null });
      await waitFor(async () => logger.lines.some((line) => line.message.startsWith('mailing.send is dropped')));
      await waitFor(async () => (await store.jobs()).length === 1);
      expect(handlers.calls.filter((call) => call.job === 'send')).to.deep.equal([]);
    });

    it('starves no other job while all its sends are taken, and leaves further sends to other workers', async () => {
      const [producer, first, second] = [await open(), await open({ sendConcurrency: 3 }), await open()];
      const long = { send: (_mailing: number, _lane: number, signal: AbortSignal) => untilAborted(signal) };
      const handlers = recordCalls(long);
      await first.work(handlers);
      for (let lane = 1; lane <= 5; lane++) await producer.send(1, lane);
      const sends = () => handlers.calls.filter((call) => call.job === 'send');
      await waitFor(() => sends().length === 3);
      await producer.startAt(2, new Date());
      await producer.finishAt(2, new Date());
      await producer.purge(2);
      await waitFor(() => handlers.calls.filter((call) => call.mailing === 2).length === 3, { timeoutMs: 2000 });
      expect((await store.jobs()).filter((job) => job.name === 'mailing.send' && job.lockedAt)).to.have.lengthOf(3);
      const others = recordCalls(long);
      await second.work(others);
      await waitFor(() => others.calls.filter((call) => call.job === 'send').length === 2, { timeoutMs: 2000 });
      expect(sends()).to.have.lengthOf(3);
    });

    it('works once', async () => {
      const worker = await open();
      await worker.work(recordCalls());
      const error = await worker.work(recordCalls()).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(Error);
    });
  });
}
