import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { createTestJobs, recordCalls, untilAborted } from './fixtures/test-jobs.js';
import type { CreateTestStore, StoredJob, TestStore } from './fixtures/test-stores.js';

const minute = 60_000;
const soon = () => new Date(Date.now() + minute);
const past = new Date('2001-01-01');
const page = { offset: 0, limit: 50 };

export function lookingSuite(createStore: CreateTestStore): void {
  describe('looking at jobs', () => {
    let store: TestStore;
    const { open, closeAll } = createTestJobs(() => store);

    beforeEach(async () => {
      store = await createStore();
    });
    afterEach(async () => {
      await closeAll();
      await store.drop();
    });

    const ended = (mailing: number, agoMs = 0): StoredJob => ({
      name: 'mailing.start',
      data: { mailing },
      nextRunAt: null,
      lockedAt: null,
      lastFinishedAt: new Date(Date.now() - agoMs),
    });
    const failing = async (mailing: number) => {
      const [jobs, handlers] = [
        await open(),
        recordCalls({
          start: async () => {
            throw new Error('no such luck');
          },
        }),
      ];
      await jobs.work(handlers);
      await jobs.startAt(mailing, past);
      await waitFor(async () => (await jobs.list({ state: 'failed' }, page)).total === 1);
      return jobs;
    };

    it('lists what runs, then what is planned, then what ended', async () => {
      const [jobs, worker] = [await open(), await open()];
      await worker.work(recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) }));
      await jobs.send(1, 3);
      await jobs.startAt(2, soon());
      await store.insert(ended(3));
      await waitFor(async () => (await jobs.list({ name: 'mailing.send', state: 'running' }, page)).total === 1);
      const { jobs: listed, total } = await jobs.list({ names: ['mailing.send', 'mailing.start'] }, page);
      expect(total).to.equal(3);
      expect(listed.map(({ name, state, data }) => ({ name, state, data }))).to.deep.equal([
        { name: 'mailing.send', state: 'running', data: { mailing: 1, lane: 3 } },
        { name: 'mailing.start', state: 'scheduled', data: { mailing: 2 } },
        { name: 'mailing.start', state: 'completed', data: { mailing: 3 } },
      ]);
      expect(listed[0]?.worker).to.be.a('string');
      expect((await jobs.list({ mailing: 2 }, page)).jobs.map(({ id }) => id)).to.deep.equal([listed[1]?.id]);
      const second = await jobs.list({ names: ['mailing.send', 'mailing.start'] }, { offset: 1, limit: 1 });
      expect(second).to.deep.equal({ jobs: [listed[1]], total: 3 });
      expect(await jobs.read(listed[1]!.id)).to.deep.equal(listed[1]);
    });

    it('tells why a job failed, and when it is tried again', async () => {
      const jobs = await failing(1);
      const [failed] = (await jobs.list({ mailing: 1 }, page)).jobs;
      expect(failed).to.include({ state: 'failed', lastError: 'no such luck' });
      expect(failed?.failures).to.be.at.least(1);
      expect(Number(failed?.nextRunAt)).to.be.above(Date.now() - 1000);
    });

    it('knows no job by an id that is none, or of none', async () => {
      const jobs = await open();
      for (const id of ['', 'x', '12', 'f'.repeat(24), '00000000-0000-4000-8000-000000000000', `'; --`]) {
        expect(await jobs.read(id), id).to.equal(null);
      }
    });

    it('counts them, and tells how late they are', async () => {
      const jobs = await open();
      await Promise.all([jobs.startAt(1, soon()), jobs.startAt(2, soon()), jobs.finishAt(3, soon())]);
      await store.insert(ended(4));
      expect((await jobs.stand()).lagMs).to.equal(0);
      await store.insert({ ...ended(5), nextRunAt: new Date(Date.now() - minute) });
      const { counts, lagMs } = await jobs.stand();
      expect(counts).to.have.deep.members([
        { name: 'mailing.start', state: 'scheduled', jobs: 2 },
        { name: 'mailing.finish', state: 'scheduled', jobs: 1 },
        { name: 'mailing.start', state: 'completed', jobs: 1 },
        { name: 'mailing.start', state: 'queued', jobs: 1 },
      ]);
      expect(lagMs).to.be.within(minute, minute + 5000);
    });

    it('counts a job that failed and ended as failed, here and on the board, together with those that are tried again', async () => {
      const jobs = await open();
      const at = new Date(Date.now() - minute);
      const failed = { lastFinishedAt: at, failedAt: at };
      await store.insert({ ...ended(1), ...failed });
      await store.insert({ ...ended(2), ...failed, nextRunAt: soon() });
      // It failed once, and was well the next time.
      await store.insert({ ...ended(3), failedAt: new Date(at.getTime() - minute), lastFinishedAt: at });
      await store.insert(ended(4));
      expect((await jobs.stand()).counts).to.have.deep.members([
        { name: 'mailing.start', state: 'failed', jobs: 2 },
        { name: 'mailing.start', state: 'completed', jobs: 2 },
      ]);
      expect(await jobs.board.getJobsOverview()).to.deep.equal([
        { ...none, name: 'mailing.start', total: 4, failed: 2, completed: 2 },
      ]);
      for (const state of ['failed', 'completed'] as const) {
        expect((await jobs.list({ state }, page)).total, state).to.equal(2);
        expect((await jobs.board.queryJobs({ state })).total, state).to.equal(2);
      }
    });

    it('keeps what ended for a while, but not more than it may', async () => {
      const jobs = await open({ sweepEveryMs: 200, keptJobs: { atMost: 3, forMs: minute } });
      await store.insert(ended(99, 2 * minute));
      const handlers = recordCalls();
      await jobs.work(handlers);
      for (let mailing = 1; mailing <= 6; mailing++) await jobs.startAt(mailing, past);
      await waitFor(() => handlers.calls.filter(({ job }) => job === 'start').length === 6);
      await waitFor(async () => {
        const { jobs: kept } = await jobs.list({ state: 'completed' }, page);
        return kept.length === 3 && kept.every(({ data }) => data.mailing !== 99);
      });
      expect((await jobs.list({ name: 'mailing.sweep', state: 'completed' }, page)).total).to.equal(0);
    });

    it('makes what repeats by a cron expression, and moves it when that changes', async () => {
      const report = (cron: string) => ({ name: 'statistic.report', cron, timezone: 'Europe/Moscow' }) as const;
      const nextOf = async () => (await store.jobs()).filter(({ name }) => name === 'statistic.report');
      await (await open({ repeating: [report('0 9 * * *')] })).work(recordCalls());
      const [first, ...others] = await nextOf();
      expect(others).to.deep.equal([]);
      expect(first?.nextRunAt?.getUTCHours()).to.equal(6);
      await (await open({ repeating: [report('30 10 * * *')] })).work(recordCalls());
      const [moved, ...rest] = await nextOf();
      expect(rest).to.deep.equal([]);
      expect(moved?.nextRunAt?.toISOString().slice(11, 16)).to.equal('07:30');
    });

    it('removes what repeated and is not wanted any more', async () => {
      const repeating = [{ name: 'ledger.tidy', everyMs: minute }] as const;
      await (await open({ repeating })).work(recordCalls());
      const names = async () => (await store.jobs()).map(({ name }) => name);
      expect(await names()).to.include('ledger.tidy');
      await (await open()).work(recordCalls());
      expect(await names()).not.to.include('ledger.tidy');
    });

    describe('the board', () => {
      it('calls jobs of a page by a sentence, finds them by words of it, and counts them', async () => {
        const jobs = await open();
        await Promise.all([jobs.send(12, 3), jobs.startAt(12, soon())]);
        const { jobs: found, total } = await jobs.board.queryJobs({ search: 'SEND' });
        expect(found.map(({ name }) => name)).to.deep.equal(['mailing.send {mailing: 12, lane: 3}']);
        expect(total).to.equal(1);
        expect((await jobs.board.queryJobs({ search: '12' })).total).to.equal(2);
        expect((await jobs.board.queryJobs({ search: '13' })).total).to.equal(0);
        const overviews = await jobs.board.getJobsOverview();
        expect(overviews).to.deep.equal([
          { ...none, name: 'mailing.send', total: 1, queued: 1 },
          { ...none, name: 'mailing.start', total: 1, scheduled: 1 },
        ]);
      });

      it('loads no more than a page, whatever is asked for', async () => {
        const jobs = await open();
        for (let mailing = 1; mailing <= 210; mailing++) await store.insert(ended(mailing));
        for (const limit of [1e9, Number.NaN, -1]) {
          const { jobs: found, total } = await jobs.board.queryJobs({ limit, skip: Number.NaN });
          expect(found.length, String(limit)).to.be.within(50, 200);
          expect(total).to.equal(210);
        }
      });

      it('moves a job that waits to now instead of making a second one, and makes room for one that ended', async () => {
        const jobs = await open();
        await jobs.startAt(1, soon());
        await jobs.board.now('mailing.start', { mailing: 1 });
        await store.insert({ ...ended(2), name: 'mailing.purge' });
        await jobs.board.now('mailing.purge', { mailing: 2 });
        const stored = await store.jobs();
        expect(stored.map(({ name }) => name)).to.deep.equal(['mailing.purge', 'mailing.start']);
        for (const { nextRunAt } of stored) expect(Number(nextRunAt)).to.be.within(1, Date.now());
      });

      it('runs nothing twice, and nothing that no worker could run', async () => {
        const [jobs, worker] = [await open(), await open()];
        await worker.work(recordCalls({ send: (_mailing, _lane, signal) => untilAborted(signal) }));
        await jobs.send(1, 1);
        await waitFor(async () => (await jobs.list({ name: 'mailing.send', state: 'running' }, page)).total === 1);
        const [running] = (await jobs.list({ name: 'mailing.send', state: 'running' }, page)).jobs;
        const reasonOf = (promise: Promise<unknown>) =>
          promise.then(
            () => 'done',
            (error: Error) => error.message,
          );
        const { jobs: asked } = await jobs.board.queryJobs({ ids: [running!.id] });
        expect(await reasonOf(jobs.board.now('mailing.send', { mailing: 1, lane: 1 }))).to.contain('is running');
        expect(await reasonOf(jobs.board.saveJob({ ...asked[0]!, lockedAt: undefined }))).to.contain('is running');
        expect(await reasonOf(jobs.board.now('rm -rf', {}))).to.contain('There are no jobs rm -rf');
        expect(await reasonOf(jobs.board.schedule('in 5 minutes', 'mailing.start', {}))).to.contain('needs numbers');
      });
    });
  });
}

const none = { running: 0, scheduled: 0, queued: 0, completed: 0, failed: 0, repeating: 0, paused: 0 };
