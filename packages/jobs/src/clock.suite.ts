import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls } from './fixtures/test-jobs.js';
import type { CreateTestStore, StoredJob, TestStore } from './fixtures/test-stores.js';

const soon = () => new Date(Date.now() + 60_000);
const later = () => new Date(Date.now() + 120_000);
const past = new Date('2001-01-01');

export function clockSuite(createStore: CreateTestStore): void {
  describe('clock', () => {
    let store: TestStore;
    const { open, closeAll } = createTestJobs(() => store);

    beforeEach(async () => {
      store = await createStore();
    });
    afterEach(async () => {
      await closeAll();
      await store.drop();
    });

    const jobsOf = async (mailing: number): Promise<StoredJob[]> =>
      (await store.jobs()).filter((job) => job.data.mailing === mailing);

    it('keeps one start for each mailing, and moves it', async () => {
      const jobs = await open();
      const at = later();
      await jobs.startAt(1, soon());
      await jobs.startAt(2, soon());
      await jobs.startAt(1, at);
      await jobs.startAt(1, at);
      const [start, ...others] = await jobsOf(1);
      expect(others).to.deep.equal([]);
      expect(start).to.deep.include({ name: 'mailing.start', data: { mailing: 1 }, nextRunAt: at });
      expect(await jobsOf(2)).to.have.lengthOf(1);
    });

    it('moves a start to now when its new date is past', async () => {
      const jobs = await open();
      await jobs.startAt(1, soon());
      await jobs.startAt(1, past);
      const [start, ...others] = await jobsOf(1);
      expect(others).to.deep.equal([]);
      expect(Number(start?.nextRunAt)).to.be.at.most(Date.now());
    });

    it('tells a start from a finish', async () => {
      const jobs = await open();
      await jobs.startAt(1, soon());
      await jobs.finishAt(1, later());
      expect((await jobsOf(1)).map((job) => job.name)).to.deep.equal(['mailing.finish', 'mailing.start']);
    });

    it('gives each lane one send, however many processes ask at the same moment', async () => {
      const producers = await Promise.all([open(), open(), open(), open()]);
      const asked = producers.flatMap((jobs) => [1, 2, 3].flatMap((lane) => [jobs.send(1, lane), jobs.purge(1)]));
      await Promise.all(asked);
      const found = (await jobsOf(1)).map(({ name, data }) => `${name} ${data.lane ?? ''}`.trim());
      expect(found.sort()).to.deep.equal(['mailing.purge', 'mailing.send 1', 'mailing.send 2', 'mailing.send 3']);
    });

    it('does nothing for a lane whose send runs, and makes a new one when that has ended', async () => {
      const [producer, worker] = [await open(), await open()];
      let end = () => {};
      const handlers = recordCalls({ send: () => new Promise((resolve) => (end = resolve)) });
      await worker.work(handlers);
      await producer.send(1, 1);
      const sends = () => handlers.calls.filter((call) => call.job === 'send');
      await waitFor(() => sends().length === 1);
      await producer.send(1, 1);
      expect(await jobsOf(1)).to.have.lengthOf(1);
      end();
      await waitFor(async () => (await jobsOf(1)).length === 0);
      await producer.send(1, 1);
      await waitFor(() => sends().length === 2);
      end();
    });

    it('makes a new send in place of a finished one that its worker could not remove', async () => {
      const jobs = await open();
      await store.insert({ name: 'mailing.send', data: { mailing: 1, lane: 1 }, nextRunAt: null, lockedAt: null });
      await jobs.send(1, 1);
      const [send, ...others] = await jobsOf(1);
      expect(others).to.deep.equal([]);
      expect(send?.nextRunAt).to.be.instanceOf(Date);
    });

    it('lets a start that runs ask for a later one', async () => {
      const [producer, worker] = [await open(), await open()];
      const handlers = recordCalls({
        start: async (mailing) => {
          const starts = handlers.calls.filter((call) => call.job === 'start');
          if (starts.length < 2) await producer.startAt(mailing, new Date(Date.now() + 300));
        },
      });
      await waitFor(async () => {
        await worker.work(handlers);
        return true;
      });
      await producer.startAt(1, past);
      await waitFor(() => handlers.calls.filter((call) => call.job === 'start').length === 2);
      await waitFor(async () => (await jobsOf(1)).length === 0);
    });

    it('leaves a due start that runs alone', async () => {
      const [producer, worker] = [await open(), await open()];
      let end = () => {};
      await worker.work(recordCalls({ start: () => new Promise((resolve) => (end = resolve)) }));
      await producer.startAt(1, past);
      await waitFor(async () => (await jobsOf(1))[0]?.lockedAt);
      await producer.startAt(1, past);
      expect(await jobsOf(1)).to.have.lengthOf(1);
      end();
    });

    it('forgets what waits for a mailing, but not its purge, and not other mailings', async () => {
      const jobs = await open();
      await Promise.all([jobs.startAt(1, soon()), jobs.finishAt(1, later()), jobs.send(1, 1), jobs.purge(1)]);
      await jobs.startAt(2, soon());
      await jobs.forget(1);
      expect((await jobsOf(1)).map((job) => job.name)).to.deep.equal(['mailing.purge']);
      expect(await jobsOf(2)).to.have.lengthOf(1);
    });

    it('refuses a date that is none', async () => {
      const jobs = await open();
      const error = await jobs.startAt(1, new Date('tomorrow-ish')).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(RangeError);
    });
  });
}
