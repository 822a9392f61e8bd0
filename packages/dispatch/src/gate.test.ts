import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createDispatcher, type Dispatcher } from './dispatcher.js';
import { silentLogger } from './logger.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryStore } from './memory-store.js';
import type { Outcome, OutgoingMessage } from './provider.js';
import { type DispatchSettings, defaultSettings } from './settings.js';

const accepted: Outcome = { kind: 'accepted' };
const broken: Outcome = { kind: 'busy', httpStatus: 500, detail: 'HTTP 500' };
const refusedToken = (httpStatus: 401 | 403): Outcome => {
  return { kind: 'busy', httpStatus, fault: 'credentials', detail: `HTTP ${httpStatus}` };
};

/** As in production, a hundred times as fast. */
const quick: Partial<DispatchSettings> = {
  concurrency: 10,
  lanes: 0,
  backoffMs: { first: 10, longest: 600 },
  trouble: { after: 3, longestMs: 6_000 },
  idleMs: 10,
  renewEveryMs: 10,
  breaker: { share: 0.5, windowMs: 50, attempts: 20, firstMs: 10, longestMs: 600 },
};

describe('gate', () => {
  let ledger: MemoryLedger;
  let over: AbortController;
  let lanes: Promise<unknown>[];

  beforeEach(() => {
    ledger = new MemoryLedger(100);
    over = new AbortController();
    lanes = [];
  });

  afterEach(async () => {
    over.abort();
    await Promise.all(lanes);
  });

  type Answer = (message: OutgoingMessage) => Outcome;

  function openWorker(answer: Answer, settings: Partial<DispatchSettings> = {}) {
    const asked: { id: number; mailingId: number; at: number }[] = [];
    const send = async (message: OutgoingMessage) => {
      asked.push({ id: message.id, mailingId: message.mailingId, at: performance.now() });
      await sleep(2);
      return answer(message);
    };
    const nothing = async () => {};
    const dispatcher = createDispatcher({
      store: new MemoryStore(ledger),
      provider: { name: 'sms', idempotent: true, send, close: nothing },
      logger: silentLogger,
      settings: { ...quick, ...settings },
      clock: { startIn: nothing, send: nothing, finishIn: nothing, purge: nothing },
    });
    return { dispatcher, asked };
  }

  /** A lane that is looked at again when it was left to others, as a job is. */
  function openLane(dispatcher: Dispatcher, mailingId: number): void {
    const work = async () => {
      while (!over.signal.aborted && (await dispatcher.send(mailingId, over.signal)) === 'crowded') await sleep(5);
    };
    lanes.push(work());
  }

  async function startMailing(dispatcher: Dispatcher): Promise<number> {
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    await dispatcher.start(id);
    return id;
  }

  const countSent = (mailingId: number) =>
    ledger.messagesOf(mailingId).filter(({ status }) => status === 'sent').length;

  async function until(isSo: () => boolean, what: string, mostMs = 5_000): Promise<number> {
    const startedAt = performance.now();
    while (!isSo()) {
      if (performance.now() - startedAt > mostMs) throw new Error(`${what}: not within ${mostMs} ms`);
      await sleep(2);
    }
    return performance.now() - startedAt;
  }

  describe('with a few messages that always fail', () => {
    for (const [name, failure] of [
      ['500', broken],
      ['401', refusedToken(401)],
      ['no answer', { kind: 'unknown', detail: 'no answer in time' } as const],
    ] as const) {
      it(`lets a new mailing flow beside them: ${name}`, async () => {
        ledger.addClients(1_845);
        const worker = openWorker(({ clientId }) => (clientId % 100 === 0 ? failure : accepted));
        const old = await startMailing(worker.dispatcher);
        openLane(worker.dispatcher, old);
        await until(() => countSent(old) === 1_827, 'the old mailing is sent, but for 1 %');
        // So long that only the failing ones were asked lately.
        await sleep(400);
        const fresh = await startMailing(worker.dispatcher);
        openLane(worker.dispatcher, fresh);
        openLane(worker.dispatcher, fresh);
        const tookMs = await until(() => countSent(fresh) === 1_827, 'the new mailing is sent, but for 1 %');
        expect(tookMs, '1,845 messages, 10 at a time, 2 ms each: 370 ms at the best').to.be.below(1_500);
        expect(ledger.limits.gate()).to.deep.equal({ state: 'closed' });
      });
    }

    it('has them back off by themselves, further than others', async () => {
      ledger.addClients(400);
      const worker = openWorker(({ clientId }) => (clientId === 1 ? broken : accepted), { concurrency: 1 });
      const id = await startMailing(worker.dispatcher);
      openLane(worker.dispatcher, id);
      await until(() => countSent(id) === 399, 'all but one are sent');
      const failing = worker.asked.filter((each) => each.id === ledger.messagesOf(id)[0]!.id);
      expect(failing.length).to.be.within(3, 12);
    });

    it('lets the pauses of a message in trouble grow to 10 minutes', () => {
      expect(defaultSettings.trouble).to.deep.equal({ after: 3, longestMs: 600_000 });
    });
  });

  it('stops for messages that fail for the first time, and not for one that fails again and again', async () => {
    ledger.addClients(25);
    const worker = openWorker(() => broken, { backoffMs: { first: 1, longest: 1 } });
    const id = await startMailing(worker.dispatcher);
    openLane(worker.dispatcher, id);
    await until(() => ledger.limits.gate().state !== 'closed', 'the gate is open');
    over.abort();
    await Promise.all(lanes);

    over = new AbortController();
    ledger = new MemoryLedger(100);
    ledger.addClients(2);
    const lone = openWorker(() => broken, { backoffMs: { first: 1, longest: 1 } });
    const few = await startMailing(lone.dispatcher);
    openLane(lone.dispatcher, few);
    await until(() => lone.asked.length > 60, 'two messages were asked often');
    expect(ledger.limits.gate()).to.deep.equal({ state: 'closed' });
  });

  it('has each trial be another message, and of another mailing if one waits', async () => {
    ledger.addClients(60);
    const worker = openWorker(() => broken, { backoffMs: { first: 2_000, longest: 2_000 } });
    const mailings = [await startMailing(worker.dispatcher), await startMailing(worker.dispatcher)];
    let openedAt = 0;
    for (const id of mailings) openLane(worker.dispatcher, id);
    await until(() => {
      if (openedAt === 0 && ledger.limits.gate().state !== 'closed') openedAt = performance.now();
      return openedAt > 0 && worker.asked.filter(({ at }) => at > openedAt).length >= 5;
    }, 'five trials');
    const trials = worker.asked.filter(({ at }) => at > openedAt).slice(0, 5);
    expect(new Set(trials.map(({ id }) => id)).size, 'distinct messages').to.equal(5);
    const [first] = trials;
    const others = mailings.filter((id) => id !== first!.mailingId);
    expect(trials.map(({ mailingId }) => mailingId)).to.deep.equal([
      first!.mailingId,
      ...[others[0], first!.mailingId, others[0], first!.mailingId],
    ]);
  });

  it('goes on as soon as another mailing can be sent, though its own fails', async () => {
    ledger.addClients(60);
    let sick = 0;
    const worker = openWorker(({ mailingId }) => (mailingId === sick ? broken : accepted));
    sick = await startMailing(worker.dispatcher);
    openLane(worker.dispatcher, sick);
    await until(() => ledger.limits.gate().state !== 'closed', 'the gate is open');
    const well = await startMailing(worker.dispatcher);
    openLane(worker.dispatcher, well);
    await until(() => countSent(well) === 60, 'the other mailing is sent', 2_000);
  });

  describe('with a fault of one worker', () => {
    for (const [name, failure, mostAsked] of [
      ['401', refusedToken(401), 20],
      ['403', refusedToken(403), 20],
      ['a name that it does not find', { kind: 'busy', detail: 'getaddrinfo ENOTFOUND' }, 45],
      ['a certificate that it does not trust', { kind: 'busy', detail: 'self-signed certificate' }, 45],
    ] as const) {
      it(`stops that worker alone, and has it go on when it is repaired: ${name}`, async () => {
        ledger.addClients(3_000);
        let isRepaired = false;
        const good = openWorker(() => accepted);
        const bad = openWorker(() => (isRepaired ? accepted : failure));
        const id = await startMailing(good.dispatcher);
        for (const { dispatcher } of [bad, good]) for (let n = 0; n < 3; n++) openLane(dispatcher, id);
        await until(() => bad.dispatcher.ownFault() !== null, 'the worker knows its fault');
        const { fault, detail } = failure as { fault?: string; detail: string };
        expect(bad.dispatcher.ownFault()).to.include({ fault: fault ?? 'provider', detail });
        const sentBefore = countSent(id);
        await until(() => countSent(id) > sentBefore + 1_000, 'the other goes on');
        expect(good.dispatcher.ownFault()).to.equal(null);
        expect(ledger.limits.gate()).to.deep.equal({ state: 'closed' });
        expect(bad.asked.length).to.be.at.most(mostAsked);
        const askedBefore = bad.asked.length;
        isRepaired = true;
        await until(() => bad.dispatcher.ownFault() === null, 'the worker is repaired');
        await until(() => countSent(id) === 3_000, 'all is sent');
        expect(bad.asked.length).to.be.greaterThan(askedBefore);
      });
    }

    it('opens for all when a second worker meets the same status', async () => {
      ledger.addClients(500);
      const workers = [401, 401].map((status) => openWorker(() => refusedToken(status as 401)));
      const id = await startMailing(workers[0]!.dispatcher);
      for (const { dispatcher } of workers) openLane(dispatcher, id);
      await until(() => ledger.limits.gate().state !== 'closed', 'the gate is open');
      expect(ledger.limits.gate()).to.include({ detail: 'HTTP 401' });
    });

    it('does not open for all when a second worker meets another status', async () => {
      ledger.addClients(500);
      const workers = [401, 403].map((status) => openWorker(() => refusedToken(status as 401)));
      const id = await startMailing(workers[0]!.dispatcher);
      for (const { dispatcher } of workers) openLane(dispatcher, id);
      await until(() => workers.every(({ dispatcher }) => dispatcher.ownFault() !== null), 'both know their fault');
      await sleep(200);
      expect(ledger.limits.gate()).to.deep.equal({ state: 'closed' });
    });

    it('is the fault of all where there is one worker', async () => {
      ledger.addClients(50);
      let isRepaired = false;
      const worker = openWorker(() => (isRepaired ? accepted : refusedToken(401)));
      const id = await startMailing(worker.dispatcher);
      openLane(worker.dispatcher, id);
      await until(() => ledger.limits.gate().state !== 'closed', 'the gate is open');
      expect(worker.dispatcher.ownFault()).to.equal(null);
      isRepaired = true;
      await until(() => countSent(id) === 50, 'all is sent');
    });
  });
});
