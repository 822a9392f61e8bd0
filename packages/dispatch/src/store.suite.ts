import { setTimeout as sleep } from 'node:timers/promises';
import type { MailingStatus, MessageReason, MessageStatus } from '@showroom/contract';
import { expect } from 'chai';
import type { ClaimedRange, DispatchStore, Settlement } from './store.js';

/** What the suite needs around a store: the rows that somebody else (the API) writes, and a look at what came of them. */
export interface StoreHarness {
  openWorker(): Promise<{ store: DispatchStore; die(): Promise<void> }>;
  addClients(count: number): Promise<number[]>;
  /** As the old service left it, which took any eleven characters. */
  changeNumber(id: number, phone: string): Promise<void>;
  /** As the API does: with what is unsent to it. */
  removeClient(id: number): Promise<void>;
  addMailing(mailing: { startsInMs: number; endsInMs: number; text?: string }): Promise<number>;
  changeMailing(
    id: number,
    change: { endsInMs?: number; text?: string; deleted?: true; status?: MailingStatus },
  ): Promise<void>;
  /** All sending, as an operator does. */
  stopSending(): Promise<void>;
  resumeSending(): Promise<void>;
  mailingStatus(id: number): Promise<MailingStatus | null>;
  messageStatuses(id: number): Promise<MessageStatus[]>;
  messageReasons(id: number): Promise<(MessageReason | null)[]>;
  close(): Promise<void>;
}

const leaseMs = 5_000;
const terms = { leaseMs, idempotent: true };
const soon = { startsInMs: -10, endsInMs: 60_000 };

/** What every DispatchStore does. Ranges hold 1,000 messages at most. */
export function testDispatchStore(name: string, createHarness: () => Promise<StoreHarness>): void {
  describe(`dispatch store: ${name}`, () => {
    let harness: StoreHarness;
    let store: DispatchStore;
    let die: () => Promise<void>;

    beforeEach(async () => {
      harness = await createHarness();
      ({ store, die } = await harness.openWorker());
    });
    afterEach(() => harness.close());

    async function startedMailing(clients = 3, mailing = soon): Promise<number> {
      await harness.addClients(clients);
      const id = await harness.addMailing(mailing);
      await store.start(id);
      return id;
    }

    async function claimRange(from: DispatchStore, mailingId: number): Promise<ClaimedRange> {
      const claim = await from.claim(mailingId, terms);
      if (claim.kind !== 'range') throw new Error(`expected a range, got ${claim.kind}`);
      return claim;
    }

    const ends = (range: ClaimedRange, status: 'sent' | 'failed' | 'unknown'): Settlement[] =>
      range.messages.map(({ id }) => ({ rangeId: range.hold.rangeId, messageId: id, status, event: null }));

    const cancels = (range: ClaimedRange): Settlement[] =>
      range.messages.map(({ id }) => {
        const to = { rangeId: range.hold.rangeId, messageId: id, event: null };
        return { ...to, status: 'canceled', reason: 'client_deleted' };
      });

    const retries = (range: ClaimedRange, outcome: 'busy' | 'unknown', dueInMs: number): Settlement[] =>
      range.messages.map(({ id }) => {
        return {
          rangeId: range.hold.rangeId,
          messageId: id,
          status: 'pending',
          attempts: 1,
          dueInMs,
          outcome,
          event: { event: outcome, attempt: 1, httpStatus: 503, code: null, latencyMs: 7, detail: 'HTTP 503' },
        };
      });

    describe('start', () => {
      it('makes one message for each client and the mailing running', async () => {
        const id = await startedMailing(3);
        expect(await harness.mailingStatus(id)).to.equal('running');
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'pending', 'pending']);
      });

      it('happens once, however many ask at the same time', async () => {
        await harness.addClients(5);
        const id = await harness.addMailing(soon);
        const others = await Promise.all([harness.openWorker(), harness.openWorker()]);
        const results = await Promise.all(
          [store, ...others.map((worker) => worker.store)].map((each) => each.start(id)),
        );
        expect(results.map(({ kind }) => kind).sort()).to.deep.equal(['running', 'running', 'started']);
        expect(await harness.messageStatuses(id)).to.have.length(5);
      });

      it('tells the size of the audience and the time to the end', async () => {
        await harness.addClients(2);
        const result = await store.start(await harness.addMailing({ startsInMs: 0, endsInMs: 5_000 }));
        if (result.kind !== 'started') throw new Error(result.kind);
        expect(result.audience).to.equal(2);
        expect(result.endsInMs).to.be.within(3_000, 5_000);
      });

      it('waits for a start that is still to come', async () => {
        const id = await harness.addMailing({ startsInMs: 5_000, endsInMs: 60_000 });
        const result = await store.start(id);
        if (result.kind !== 'not_due') throw new Error(result.kind);
        expect(result.dueInMs).to.be.within(3_000, 5_000);
        expect(await harness.mailingStatus(id)).to.equal('scheduled');
      });

      it('makes a mailing whose end has come expired, without messages', async () => {
        await harness.addClients(2);
        const id = await harness.addMailing({ startsInMs: -2_000, endsInMs: -1_000 });
        expect(await store.start(id)).to.deep.equal({ kind: 'expired' });
        expect(await harness.mailingStatus(id)).to.equal('expired');
        expect(await harness.messageStatuses(id)).to.deep.equal([]);
      });

      it('does nothing for a deleted mailing', async () => {
        const id = await harness.addMailing(soon);
        await harness.changeMailing(id, { deleted: true });
        expect(await store.start(id)).to.deep.equal({ kind: 'none' });
      });
    });

    describe('claim', () => {
      it('leases ranges of a thousand, each to one worker only', async () => {
        const id = await startedMailing(2_500);
        const other = await harness.openWorker();
        const claims = await Promise.all([claimRange(store, id), claimRange(other.store, id), claimRange(store, id)]);
        expect(claims.map(({ messages }) => messages.length).sort((a, b) => a - b)).to.deep.equal([500, 1_000, 1_000]);
        const ids = claims.flatMap(({ messages }) => messages.map((message) => message.id));
        expect(new Set(ids).size).to.equal(2_500);
        expect(await store.claim(id, terms)).to.include({ kind: 'wait' });
      });

      it('gives text, phone numbers and the time to the end', async () => {
        await harness.addClients(1);
        const id = await harness.addMailing({ ...soon, text: 'come and see' });
        await store.start(id);
        const range = await claimRange(store, id);
        expect(range.text).to.equal('come and see');
        expect(range.endsInMs).to.be.within(50_000, 60_000);
        expect(range.messages[0]).to.include({ attempts: 0 });
        expect(range.messages[0]?.phone).to.match(/^[0-9]{1,11}$/);
      });

      it('gives no phone for a client that was deleted while a worker held the range that has died since', async () => {
        const [first] = await harness.addClients(2);
        const id = await harness.addMailing(soon);
        await store.start(id);
        await claimRange(store, id);
        await harness.removeClient(first!);
        await die();
        const { messages } = await claimRange((await harness.openWorker()).store, id);
        expect(messages.map(({ phone }) => phone === null)).to.deep.equal([true, false]);
      });

      it('gives every phone number as it was stored, whatever is in it', async () => {
        const odd = [
          '0770090012',
          '+790',
          '7,13:8:79',
          ',',
          ':',
          '7:9',
          '7\n9',
          '7\t9',
          ' ',
          '',
          '7?',
          '٧٩',
          '79000000011',
        ];
        const clients = await harness.addClients(odd.length + 1);
        for (const [n, phone] of odd.entries()) await harness.changeNumber(clients[n]!, phone);
        await harness.removeClient(clients.at(-1)!);
        const id = await harness.addMailing(soon);
        await store.start(id);
        const first = await claimRange(store, id);
        expect(first.messages.map(({ phone }) => phone)).to.deep.equal(odd);
        await store.settle(retries(first, 'busy', -2_000));
        await store.release(first.hold);
        const again = await claimRange(store, id);
        expect(again.messages.map(({ phone }) => phone)).to.deep.equal(odd);
        expect(again.messages.every(({ attempts, unanswered }) => attempts === 1 && !unanswered)).to.equal(true);
      });

      it('says when the end has come, when all is done, and when the mailing does not run', async () => {
        expect(await store.claim(999_999, terms)).to.deep.equal({ kind: 'stopped' });
        const id = await startedMailing(1);
        const range = await claimRange(store, id);
        await harness.changeMailing(id, { endsInMs: 0 });
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'ended' });
        await store.settle(ends(range, 'sent'));
        await store.release(range.hold);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'done' });
        await harness.changeMailing(id, { deleted: true });
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'stopped' });
      });

      it('frees the ranges of a dead worker at once, without what is settled', async () => {
        const id = await startedMailing(3);
        const range = await claimRange(store, id);
        await store.settle(ends(range, 'sent').slice(0, 1));
        const other = await harness.openWorker();
        await die();
        const again = await claimRange(other.store, id);
        expect(again.messages.map((message) => message.id)).to.deep.equal(range.messages.slice(1).map(({ id }) => id));
        expect(range.lost.aborted).to.equal(true);
      });

      it('says of what a dead worker may have asked that it went unanswered, and of nothing else', async () => {
        const id = await startedMailing(4);
        const range = await claimRange(store, id);
        const [first, second, third, fourth] = range.messages;
        expect(await store.mark(range.hold, third!.id)).to.equal(true);
        await store.settle([...ends(range, 'sent').slice(0, 1), ...retries(range, 'busy', 60_000).slice(1, 2)]);
        const other = await harness.openWorker();
        await die();
        const { messages } = await claimRange(other.store, id);
        expect(messages.map(({ id, unanswered }) => [id, unanswered])).to.deep.equal([
          [third!.id, true],
          [fourth!.id, false],
        ]);
        expect([first!.id, second!.id]).not.to.include(messages[0]!.id);
      });

      it('calls unknown what a dead worker may have asked, where asking twice delivers twice', async () => {
        const id = await startedMailing(4);
        const range = await claimRange(store, id);
        await store.mark(range.hold, range.messages[2]!.id);
        await store.settle([...ends(range, 'sent').slice(0, 1), ...retries(range, 'busy', 60_000).slice(1, 2)]);
        const other = await harness.openWorker();
        await die();
        const again = await other.store.claim(id, { leaseMs, idempotent: false });
        if (again.kind !== 'range') throw new Error(again.kind);
        expect(again.messages.map((message) => message.id)).to.deep.equal([range.messages[3]!.id]);
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'pending', 'unknown', 'pending']);
      });

      it('doubts nothing of a range that was given back', async () => {
        const id = await startedMailing(2);
        const range = await claimRange(store, id);
        await store.mark(range.hold, range.messages[1]!.id);
        await store.release(range.hold);
        const again = await store.claim(id, { leaseMs, idempotent: false });
        if (again.kind !== 'range') throw new Error(again.kind);
        expect(again.messages.map(({ unanswered }) => unanswered)).to.deep.equal([false, false]);
      });

      it('moves no water mark of a range that somebody else holds', async () => {
        const id = await startedMailing(1);
        const { hold, messages } = await claimRange(store, id);
        const { workerId } = (await harness.openWorker()).store;
        expect(await store.mark({ ...hold, workerId }, messages[0]!.id)).to.equal(false);
      });

      it('says nothing but stop while the mailing is paused, and goes on afterwards', async () => {
        const id = await startedMailing(1);
        await harness.changeMailing(id, { status: 'paused' });
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'stopped' });
        expect((await store.due(0)).sends).to.deep.equal([]);
        expect(await store.start(id)).to.deep.equal({ kind: 'none' });
        await harness.changeMailing(id, { status: 'running' });
        expect(await store.start(id)).to.include({ kind: 'running' });
        await claimRange(store, id);
      });

      it('frees a range whose lease ran out', async () => {
        const id = await startedMailing(1);
        await store.claim(id, { ...terms, leaseMs: -1 });
        expect((await claimRange((await harness.openWorker()).store, id)).messages).to.have.length(1);
      });
    });

    describe('settle and release', () => {
      it('keeps the first end of a message', async () => {
        const id = await startedMailing(1);
        const range = await claimRange(store, id);
        await store.settle(ends(range, 'sent'));
        await store.settle(ends(range, 'failed'));
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent']);
      });

      it('keeps why a message was canceled', async () => {
        const id = await startedMailing(3);
        const range = await claimRange(store, id);
        const [deleted, badNumber, sent] = [...cancels(range).slice(0, 2), ...ends(range, 'sent').slice(2)];
        await store.settle([deleted!, { ...badNumber!, status: 'canceled', reason: 'bad_number' }, sent!]);
        expect(await harness.messageStatuses(id)).to.deep.equal(['canceled', 'canceled', 'sent']);
        expect(await harness.messageReasons(id)).to.deep.equal(['client_deleted', 'bad_number', null]);
        await store.release(range.hold);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'done' });
      });

      it('brings a busy message back when its time has come, with its attempts', async () => {
        const id = await startedMailing(2);
        const range = await claimRange(store, id);
        await store.settle([...retries(range, 'busy', -2_000).slice(0, 1), ...ends(range, 'sent').slice(1)]);
        await store.release(range.hold);
        const again = await claimRange(store, id);
        expect(again.messages).to.have.length(1);
        expect(again.messages[0]).to.include({ id: range.messages[0]!.id, attempts: 1 });
      });

      it('keeps a busy message back until its time has come', async () => {
        const id = await startedMailing(1);
        const range = await claimRange(store, id);
        await store.settle(retries(range, 'busy', 60_000));
        await store.release(range.hold);
        expect(await store.claim(id, terms)).to.include({ kind: 'wait' });
        expect((await store.due(0)).sends).to.deep.equal([]);
      });

      it('makes what was not asked due at once', async () => {
        const id = await startedMailing(2);
        const range = await claimRange(store, id);
        await store.settle(ends(range, 'sent').slice(0, 1));
        await store.release(range.hold);
        expect((await claimRange(store, id)).messages).to.have.length(1);
      });
    });

    describe('renew', () => {
      it('extends the lease and tells of the mailing as it is now', async () => {
        const id = await startedMailing(1);
        const { hold } = await claimRange(store, id);
        await harness.changeMailing(id, { text: 'changed', endsInMs: 10_000 });
        const [renewal] = await store.renew([hold], leaseMs);
        expect(renewal).to.include({ rangeId: hold.rangeId, token: hold.token, text: 'changed', running: true });
        expect(renewal?.endsInMs).to.be.within(8_000, 10_000);
        await harness.changeMailing(id, { deleted: true });
        expect((await store.renew([hold], leaseMs))[0]).to.include({ running: false });
      });

      it('leaves out a range that somebody else holds', async () => {
        const id = await startedMailing(1);
        const { hold } = await claimRange(store, id);
        const { workerId } = (await harness.openWorker()).store;
        expect(await store.renew([{ ...hold, workerId }], leaseMs)).to.deep.equal([]);
      });

      it('knows a claim from a later one: an old one marks, renews and gives back nothing', async () => {
        const id = await startedMailing(2);
        const old = await store.claim(id, { ...terms, leaseMs: -1 });
        if (old.kind !== 'range') throw new Error(old.kind);
        const now = await claimRange(store, id);
        expect(await store.mark(old.hold, old.messages[1]!.id)).to.equal(false);
        expect(await store.renew([old.hold], leaseMs)).to.deep.equal([]);
        await store.release(old.hold);
        expect(await store.renew([now.hold], leaseMs)).to.have.length(1);
        expect(await store.mark(now.hold, now.messages[1]!.id)).to.equal(true);
      });
    });

    describe('when a client is deleted', () => {
      /** A started mailing, with the clients' ids in the order of its messages. */
      async function started(count: number): Promise<{ id: number; clients: number[] }> {
        const clients = await harness.addClients(count);
        const id = await harness.addMailing(soon);
        await store.start(id);
        return { id, clients };
      }

      it('cancels at once what nobody holds', async () => {
        const { id, clients } = await started(3);
        await harness.removeClient(clients[1]!);
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'canceled', 'pending']);
        const range = await claimRange(store, id);
        expect(range.messages).to.have.length(2);
        expect((await store.renew([range.hold], leaseMs))[0]!.withdrawn).to.deep.equal([]);
      });

      it('leaves nothing to do when it was the last that was open', async () => {
        const { id, clients } = await started(1);
        await harness.removeClient(clients[0]!);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'done' });
        expect((await store.due(0)).finishes).to.deep.equal([id]);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
      });

      it('tells the worker that has it in hand, and leaves its end to the worker', async () => {
        const { id, clients } = await started(3);
        const range = await claimRange(store, id);
        await harness.removeClient(clients[0]!);
        await harness.removeClient(clients[2]!);
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'pending', 'pending']);
        const [renewal] = await store.renew([range.hold], leaseMs);
        const ids = range.messages.map((message) => message.id);
        expect(renewal!.withdrawn).to.deep.equal([ids[0], ids[2]]);
        await store.settle([...ends(range, 'sent').slice(0, 1), ...cancels(range).slice(2)]);
        await store.release(range.hold);
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'pending', 'canceled']);
        const next = await claimRange(store, id);
        expect((await store.renew([next.hold], leaseMs))[0]!.withdrawn, 'another hold').to.deep.equal([]);
      });

      it('cancels what the worker gave back without having learned of it', async () => {
        const { id, clients } = await started(3);
        const range = await claimRange(store, id);
        await harness.removeClient(clients[1]!);
        await store.settle(ends(range, 'sent').slice(0, 1));
        await harness.changeMailing(id, { status: 'paused' });
        await store.release(range.hold);
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'canceled', 'pending']);
      });

      it('ends what waits for its next attempt, whoever holds the range; what met silence is unknown', async () => {
        const { id, clients } = await started(4);
        const range = await claimRange(store, id);
        await store.settle([
          ...retries(range, 'busy', 60_000).slice(0, 1),
          ...retries(range, 'unknown', 60_000).slice(1, 2),
        ]);
        await harness.removeClient(clients[0]!);
        await harness.removeClient(clients[1]!);
        expect(await harness.messageStatuses(id), 'held').to.deep.equal(['canceled', 'unknown', 'pending', 'pending']);
        await store.settle([
          ...retries(range, 'busy', 60_000).slice(2, 3),
          ...retries(range, 'unknown', 60_000).slice(3),
        ]);
        await store.release(range.hold);
        await harness.removeClient(clients[2]!);
        await harness.removeClient(clients[3]!);
        expect(await harness.messageStatuses(id)).to.deep.equal(['canceled', 'unknown', 'canceled', 'unknown']);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
      });

      it('calls unknown what a dead worker may have asked for', async () => {
        const { id, clients } = await started(4);
        const range = await claimRange(store, id);
        await store.mark(range.hold, range.messages[1]!.id);
        await die();
        await harness.removeClient(clients[0]!);
        await harness.removeClient(clients[3]!);
        expect(await harness.messageStatuses(id)).to.deep.equal(['unknown', 'pending', 'pending', 'canceled']);
        const other = await harness.openWorker();
        const again = await claimRange(other.store, id);
        expect(again.messages.map(({ unanswered }) => unanswered)).to.deep.equal([true, false]);
      });

      it('takes the range from a worker whose lease ran out, which then asks no more', async () => {
        const { id, clients } = await started(2);
        const range = await store.claim(id, { ...terms, leaseMs: -1 });
        if (range.kind !== 'range') throw new Error(range.kind);
        await harness.removeClient(clients[1]!);
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'canceled']);
        expect(await store.renew([range.hold], leaseMs)).to.deep.equal([]);
        expect(await store.mark(range.hold, range.messages[1]!.id)).to.equal(false);
      });

      it('ends in a sweep what a worker held that has died since', async () => {
        const { id, clients } = await started(2);
        await claimRange(store, id);
        await harness.removeClient(clients[1]!);
        await harness.changeMailing(id, { status: 'paused' });
        const other = await harness.openWorker();
        await other.store.due(0);
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'pending']);
        await die();
        await other.store.due(0);
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'canceled']);
      });
    });

    describe('finish', () => {
      it('completes a mailing when every message has its end', async () => {
        const id = await startedMailing(2);
        expect(await store.finish(id)).to.include({ kind: 'wait' });
        const range = await claimRange(store, id);
        await store.settle(ends(range, 'sent'));
        await store.release(range.hold);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
        expect(await store.finish(id)).to.deep.equal({ kind: 'none' });
      });

      it('completes a mailing that reaches nobody', async () => {
        const id = await startedMailing(0);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
      });

      it('expires what the end left, and calls unknown what was asked without an answer', async () => {
        const id = await startedMailing(3);
        const range = await claimRange(store, id);
        await store.settle([
          ...ends(range, 'sent').slice(0, 1),
          ...retries(range, 'unknown', 60_000).slice(1, 2),
          ...retries(range, 'busy', 60_000).slice(2),
        ]);
        await harness.changeMailing(id, { endsInMs: 0 });
        expect(await store.finish(id), 'a range is held').to.include({ kind: 'wait' });
        await store.release(range.hold);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'expired' });
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'unknown', 'expired']);
      });
    });

    describe('cancel', () => {
      it('ends what is unsent when nobody has it in hand any more; what went unanswered is unknown', async () => {
        const id = await startedMailing(3);
        const range = await claimRange(store, id);
        await store.settle([...ends(range, 'sent').slice(0, 1), ...retries(range, 'unknown', 60_000).slice(1, 2)]);
        await harness.changeMailing(id, { status: 'canceled' });
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'ended' });
        expect((await store.due(0)).finishes).to.deep.equal([id]);
        expect(await store.finish(id)).to.include({ kind: 'wait' });
        await store.release(range.hold);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'canceled' });
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'unknown', 'canceled']);
        expect((await store.due(0)).finishes).to.deep.equal([]);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'stopped' });
      });
    });

    describe('while all sending is stopped', () => {
      it('gives no range to anybody, asks for no lanes, and goes on afterwards', async () => {
        const id = await startedMailing(1);
        await harness.stopSending();
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'stopped' });
        expect((await store.due(0)).sends).to.deep.equal([]);
        await harness.resumeSending();
        expect((await store.due(0)).sends).to.deep.equal([id]);
        await claimRange(store, id);
      });

      it('tells whoever holds a range not to go on, as it does when the mailing is paused', async () => {
        const { hold } = await claimRange(store, await startedMailing(1));
        const isRunning = async () => (await store.renew([hold], leaseMs)).map(({ running }) => running);
        expect(await isRunning()).to.deep.equal([true]);
        await harness.stopSending();
        expect(await isRunning()).to.deep.equal([false]);
        await harness.resumeSending();
        expect(await isRunning()).to.deep.equal([true]);
      });

      it('still starts what is due', async () => {
        await harness.stopSending();
        const id = await startedMailing(2);
        expect(await harness.mailingStatus(id)).to.equal('running');
        expect(await harness.messageStatuses(id)).to.deep.equal(['pending', 'pending']);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'stopped' });
      });

      it('still ends what is over: by its end, by a cancellation, or because all is done', async () => {
        const id = await startedMailing(2);
        const range = await claimRange(store, id);
        await harness.stopSending();
        await store.settle(ends(range, 'sent').slice(0, 1));
        await store.release(range.hold);
        await harness.changeMailing(id, { endsInMs: 0 });
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'ended' });
        expect((await store.due(0)).finishes).to.deep.equal([id]);
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'expired' });
        expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'expired']);

        const canceled = await harness.addMailing(soon);
        await store.start(canceled);
        await harness.changeMailing(canceled, { status: 'canceled' });
        expect(await store.claim(canceled, terms)).to.deep.equal({ kind: 'ended' });
        expect(await store.finish(canceled)).to.deep.equal({ kind: 'finished', status: 'canceled' });
      });

      it('takes down what was answered before, and lets a mailing complete by it', async () => {
        const id = await startedMailing(2);
        const range = await claimRange(store, id);
        await harness.stopSending();
        await store.settle(ends(range, 'sent'));
        await store.release(range.hold);
        expect(await store.claim(id, terms)).to.deep.equal({ kind: 'done' });
        expect(await store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
      });
    });

    it('calls unknown at the end what a dead worker may have asked, and expired what it did not', async () => {
      const id = await startedMailing(3);
      const range = await claimRange(store, id);
      await store.mark(range.hold, range.messages[1]!.id);
      await store.settle(ends(range, 'sent').slice(0, 1));
      await die();
      await harness.changeMailing(id, { endsInMs: 0 });
      const other = await harness.openWorker();
      await other.store.finish(id);
      expect(await harness.messageStatuses(id)).to.deep.equal(['sent', 'unknown', 'expired']);
    });

    describe('what workers share', () => {
      const trip = { fault: 'provider', detail: 'HTTP 503', firstMs: 100, longestMs: 250, atLeastMs: 0 } as const;
      const trial = { leaseMs: 1_000, mailingId: 1, sameMailingWaitsMs: 0, waitsMs: 0 };

      it('stops requests for all, lets one try, and doubles the pause', async () => {
        const other = (await harness.openWorker()).store;
        await store.introduce({ name: 'sms', idempotent: true, perSecond: null });
        expect(await store.gate('sms')).to.deep.equal({ state: 'closed' });
        await store.trip('sms', trip);
        expect(await other.gate('sms')).to.include({ state: 'open', detail: 'HTTP 503' });
        expect(await other.takeProbe('sms', trial)).to.equal(false);
        await sleep(120);
        const tries = await Promise.all([store.takeProbe('sms', trial), other.takeProbe('sms', trial)]);
        expect(tries.sort()).to.deep.equal([false, true]);
        expect(await store.gate('sms')).to.include({ state: 'half_open', triedMailingId: 1 });
        await other.trip('sms', trip);
        const again = await store.gate('sms');
        if (again.state === 'closed') throw new Error('it is open');
        expect(again.probeInMs).to.be.within(120, 200);
      });

      it('lets requests through again, and another try when the one who tried is gone', async () => {
        await store.introduce({ name: 'sms', idempotent: true, perSecond: null });
        await store.trip('sms', { ...trip, firstMs: 1, longestMs: 1 });
        await sleep(20);
        expect(await store.takeProbe('sms', { ...trial, leaseMs: 30 })).to.equal(true);
        await sleep(50);
        expect(await store.takeProbe('sms', trial)).to.equal(true);
        await store.recover('sms');
        expect(await store.gate('sms')).to.deep.equal({ state: 'closed' });
      });

      it('waits at least as long as the provider asked for', async () => {
        await store.introduce({ name: 'sms', idempotent: true, perSecond: null });
        await store.trip('sms', { ...trip, atLeastMs: 5_000 });
        const gate = await store.gate('sms');
        if (gate.state === 'closed') throw new Error('it is open');
        expect(gate.probeInMs).to.be.within(4_000, 5_000);
      });

      it('gives another mailing, and whoever need not wait, the first chance to try', async () => {
        await store.introduce({ name: 'sms', idempotent: true, perSecond: null });
        const at = { firstMs: 1, longestMs: 1 };
        await store.trip('sms', { ...trip, ...at });
        await sleep(20);
        const waits = { ...trial, sameMailingWaitsMs: 200, leaseMs: 1 };
        expect(await store.takeProbe('sms', { ...waits, waitsMs: 200 })).to.equal(false);
        expect(await store.takeProbe('sms', waits), 'none was tried yet').to.equal(true);
        await store.trip('sms', { ...trip, ...at });
        await sleep(20);
        expect(await store.takeProbe('sms', waits)).to.equal(false);
        expect(await store.takeProbe('sms', { ...waits, mailingId: 2 })).to.equal(true);
        await store.trip('sms', { ...trip, ...at });
        await sleep(240);
        expect(await store.takeProbe('sms', { ...waits, mailingId: 2 }), 'nobody else wanted').to.equal(true);
      });

      it('tells a fault of one worker from one of all', async () => {
        const refused = { fault: 'credentials', httpStatus: 401, detail: 'HTTP 401' } as const;
        const down = { fault: 'provider', httpStatus: null, detail: 'refused' } as const;
        expect(await store.reportFault('sms', refused)).to.deep.equal({ isAlone: true, othersHaveIt: false });
        const { store: second, die: secondDies } = await harness.openWorker();
        const third = (await harness.openWorker()).store;
        const alone = { isAlone: false, othersHaveIt: false };
        expect(await second.reportFault('sms', { ...refused, httpStatus: 403 })).to.deep.equal(alone);
        expect(await third.reportFault('sms', down)).to.deep.equal(alone);
        const shared = { isAlone: false, othersHaveIt: true };
        expect(await second.reportFault('sms', refused)).to.deep.equal(shared);
        expect(await second.reportFault('sms', down)).to.deep.equal(shared);
        await third.clearFault('sms');
        expect(await store.reportFault('sms', down), 'of the second').to.deep.equal(shared);
        await secondDies();
        expect(await store.reportFault('sms', down)).to.deep.equal(alone);
      });

      it('hands out the turns of a rate one interval apart, whoever asks', async () => {
        const other = (await harness.openWorker()).store;
        const waits = [
          await store.takeTurns('all', 10, 2),
          await other.takeTurns('all', 10, 1),
          await store.takeTurns('all', 10, 1),
          await store.takeTurns('another', 10, 1),
        ];
        const [first, second, third, elsewhere] = waits;
        expect(first).to.be.lessThan(10);
        expect(second).to.be.within(120, 200);
        expect(third).to.be.within(200, 300);
        expect(elsewhere).to.be.lessThan(10);
      });
    });

    describe('due', () => {
      it('finds starts within the horizon', async () => {
        const past = await harness.addMailing(soon);
        const near = await harness.addMailing({ startsInMs: 30_000, endsInMs: 60_000 });
        await harness.addMailing({ startsInMs: 300_000, endsInMs: 600_000 });
        const { starts } = await store.due(60_000);
        expect(starts.map(({ mailingId }) => mailingId)).to.deep.equal([past, near]);
        expect(starts[0]?.dueInMs).to.equal(0);
        expect(starts[1]?.dueInMs).to.be.within(25_000, 30_000);
      });

      it('counts the workers that live', async () => {
        expect(await store.countWorkers()).to.equal(1);
        const other = await harness.openWorker();
        expect(await store.countWorkers()).to.equal(2);
        await other.die();
        expect(await store.countWorkers()).to.equal(1);
      });

      it('finds running mailings that nobody works on, and only those', async () => {
        const id = await startedMailing(1);
        const other = await harness.openWorker();
        expect((await other.store.due(0)).sends).to.deep.equal([id]);
        await claimRange(store, id);
        expect((await other.store.due(0)).sends).to.deep.equal([]);
        await die();
        expect((await other.store.due(0)).sends).to.deep.equal([id]);
      });

      it('finds mailings whose end has come', async () => {
        const id = await startedMailing(1);
        expect((await store.due(0)).finishes).to.deep.equal([]);
        await harness.changeMailing(id, { endsInMs: 0 });
        expect((await store.due(0)).finishes).to.deep.equal([id]);
      });
    });

    it('purges a deleted mailing with its messages', async () => {
      const id = await startedMailing(2_500);
      expect(await store.purge(id), 'not deleted').to.equal(true);
      expect(await harness.messageStatuses(id)).to.have.length(2_500);
      await harness.changeMailing(id, { deleted: true });
      expect((await store.due(0)).purges).to.deep.equal([id]);
      while (!(await store.purge(id)));
      expect(await harness.messageStatuses(id)).to.deep.equal([]);
      expect(await harness.mailingStatus(id)).to.equal(null);
    });
  });
}
