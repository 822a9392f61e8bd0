import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls, recordLog, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, StoredJob, TestStore } from './fixtures/test-stores.js';
import type { Jobs } from './index.js';

const hourMs = 3_600_000;
const inAnHour = () => new Date(Date.now() + hourMs);
const past = new Date('2001-01-01');

/** Jobs that would not run when they are due: locked or planned by a clock that is fast, or paused by hand. */
export function straySuite(createStore: CreateTestStore): void {
  describe('stray jobs', () => {
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

    /** How each kind is made due, as a sweep does it. */
    const hints: Record<string, { lane?: number; give: (jobs: Jobs) => Promise<void> }> = {
      'mailing.start': { give: (jobs) => jobs.startAt(1, past) },
      'mailing.finish': { give: (jobs) => jobs.finishAt(1, past) },
      'mailing.send': { lane: 1, give: (jobs) => jobs.send(1, 1) },
      'mailing.purge': { give: (jobs) => jobs.purge(1) },
    };
    const strays = {
      'locked an hour ahead': () => ({ nextRunAt: null, lockedAt: inAnHour() }),
      'planned an hour ahead': () => ({ nextRunAt: inAnHour(), lockedAt: null }),
      'planned and locked an hour ahead': () => ({ nextRunAt: inAnHour(), lockedAt: inAnHour() }),
    };
    for (const [name, { lane, give }] of Object.entries(hints)) {
      for (const [what, toStray] of Object.entries(strays)) {
        it(`${what}: ${name} is unlocked and due now`, async () => {
          const jobs = await open();
          await store.insert({ name, data: { mailing: 1, ...(lane && { lane }) }, ...toStray() });
          await give(jobs);
          const [job, ...others] = await jobsOf(1);
          expect(others).to.deep.equal([]);
          expect(job).to.include({ name, lockedAt: null });
          expect(Number(job?.nextRunAt)).to.be.at.most(Date.now());
        });
      }

      it(`paused on the page of the jobs: ${name} runs`, async () => {
        const logger = recordLog();
        const jobs = await open({ logger });
        await give(jobs);
        await pauseAll(jobs, name);
        await give(jobs);
        const handlers = recordCalls();
        await (await open()).work(handlers);
        await waitFor(() => handlers.calls.some((call) => call.mailing === 1));
        expect(logger.lines.filter(({ message }) => message.includes('was paused'))).to.have.lengthOf(1);
      });
    }

    const pauseAll = async (jobs: Jobs, name: string) => {
      const { jobs: found } = await jobs.list({ name }, { offset: 0, limit: 10 });
      expect(await jobs.board.disable({ ids: found.map(({ id }) => id) })).to.be.at.least(1);
    };

    it('leaves a start alone that is due in an hour', async () => {
      const [jobs, at] = [await open(), inAnHour()];
      await jobs.startAt(1, at);
      await jobs.startAt(1, at);
      expect((await jobsOf(1)).map(({ nextRunAt }) => nextRunAt)).to.deep.equal([at]);
    });

    it('a send that runs under a lock that lies ahead is told to stop, and another takes its place', async () => {
      const [producer, worker] = [await open(), await open()];
      let reason: unknown;
      const handlers = recordCalls({
        send: async (_mailing, _lane, signal) => {
          await untilAborted(signal);
          reason ??= signal.reason;
        },
      });
      await worker.work(handlers);
      await producer.send(1, 1);
      const sends = () => handlers.calls.filter(({ job }) => job === 'send').length;
      await waitFor(() => sends() === 1);
      await store.change('mailing.send', { lockedAt: inAnHour() });
      await producer.send(1, 1);
      await waitFor(() => sends() === 2);
      await waitFor(() => String(reason).includes('the job was removed'));
    });

    it('a send that is paused while it runs goes on, and is taken over when its worker is gone', async () => {
      const jobs = await open();
      await store.insert({ name: 'mailing.send', data: { mailing: 1, lane: 1 }, nextRunAt: null, lockedAt: past });
      await pauseAll(jobs, 'mailing.send');
      await jobs.send(1, 1);
      const handlers = recordCalls();
      await (await open()).work(handlers);
      await waitFor(() => handlers.calls.some(({ job }) => job === 'send'));
    });

    it('a sweep that is paused, or locked or planned an hour ahead, is mended by any worker', async () => {
      const handlers = recordCalls();
      const worker = await open({ sweepEveryMs: 300 });
      await worker.work(handlers);
      const sweeps = () => handlers.calls.filter(({ job }) => job === 'sweep').length;
      const mended = async (spoil: () => Promise<void>) => {
        await spoil();
        await sleep(100); // a sweep that runs just now ends
        const before = sweeps();
        await waitFor(() => sweeps() >= before + 2);
      };
      await waitFor(() => sweeps() >= 2);
      await mended(() => pauseAll(worker, 'mailing.sweep'));
      await mended(() => store.change('mailing.sweep', { lockedAt: inAnHour() }));
      await mended(() => store.change('mailing.sweep', { nextRunAt: inAnHour() }));
    });

    it('are not made by a worker that knows that its clock is an hour ahead', async () => {
      // The machine's clock is right here; so the one that is an hour behind is the store's.
      const clockAheadMs = () => hourMs;
      const worker = await open({ clockAheadMs });
      const handlers = recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) });
      const storeNow = () => Date.now() - hourMs;
      await worker.startAt(1, new Date(storeNow() + 600));
      await worker.startAt(2, new Date(storeNow() + 60_000));
      await worker.send(1, 1);
      await worker.work(handlers);
      await waitFor(() => handlers.calls.some(({ job }) => job === 'send'));
      await waitFor(() => handlers.calls.some(({ job, mailing }) => job === 'start' && mailing === 1));
      const jobs = await store.jobs();
      const send = jobs.find(({ name }) => name === 'mailing.send');
      expect(Number(send?.lockedAt) - storeNow()).to.be.within(-5_000, 1_000);
      const sweep = jobs.find(({ name }) => name === 'mailing.sweep');
      expect(Number(sweep?.nextRunAt) - storeNow()).to.be.within(-5_000, 61_000);
      expect(handlers.calls.some(({ job, mailing }) => job === 'start' && mailing === 2)).to.equal(false);
    });
  });
}
