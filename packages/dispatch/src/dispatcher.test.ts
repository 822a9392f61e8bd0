import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createDispatcher } from './dispatcher.js';
import { silentLogger } from './logger.js';
import { MemoryLedger } from './memory-ledger.js';
import { MemoryStore } from './memory-store.js';
import type { Outcome, OutgoingMessage, Provider } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { DispatchStore } from './store.js';

const accepted: Outcome = { kind: 'accepted' };
const busy: Outcome = { kind: 'busy', detail: 'HTTP 503' };
const unknown: Outcome = { kind: 'unknown', detail: 'no answer in time' };
const forever = new AbortController().signal;
const quick: Partial<DispatchSettings> = {
  backoffMs: { first: 5, longest: 20 },
  idleMs: 20,
  renewEveryMs: 20,
  breaker: { share: 0.9, windowMs: 1_000, attempts: 50, firstMs: 20, longestMs: 50 },
};

describe('dispatcher', () => {
  let ledger: MemoryLedger;
  let asked: OutgoingMessage[];

  beforeEach(() => {
    ledger = new MemoryLedger(10);
    asked = [];
  });

  function createProvider(
    answer: (message: OutgoingMessage) => Outcome | Promise<Outcome>,
    idempotent = true,
  ): Provider {
    const send = async (message: OutgoingMessage) => {
      asked.push(message);
      return answer(message);
    };
    return { name: 'test', idempotent, send, close: async () => {} };
  }

  /** A dispatcher whose clock runs jobs in this process, as Agenda would in a worker. */
  function createWorker(
    provider: Provider,
    settings: Partial<DispatchSettings> = {},
    store: DispatchStore = new MemoryStore(ledger),
  ) {
    const running = new Set<Promise<unknown>>();
    const run = (work: () => Promise<unknown>) => {
      const job = work();
      running.add(job);
      job.finally(() => running.delete(job)).catch(() => {});
    };
    const dispatcher = createDispatcher({
      store,
      provider,
      logger: silentLogger,
      settings: { ...quick, ...settings },
      clock: {
        startIn: async (id, ms) => run(() => sleep(ms).then(() => dispatcher.start(id))),
        send: async (id) => run(() => dispatcher.send(id, forever)),
        finishIn: async (id, ms) => run(() => sleep(ms, undefined, { ref: false }).then(() => dispatcher.finish(id))),
        purge: async (id) => run(() => dispatcher.purge(id, forever)),
      },
    });
    return dispatcher;
  }

  const statuses = (id: number) => ledger.messagesOf(id).map(({ status }) => status);

  async function ended(id: number): Promise<string | undefined> {
    for (let n = 0; n < 400; n++) {
      const status = ledger.mailings.get(id)?.status;
      if (status !== 'scheduled' && status !== 'running') return status;
      await sleep(10);
    }
    throw new Error('the mailing did not end');
  }

  it('asks once for each client, with the message id, and completes', async () => {
    ledger.addClients(35);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000, text: 'hi' });
    await createWorker(createProvider(() => accepted)).start(id);
    expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(35);
    expect(new Set(asked.map((message) => message.id)).size).to.equal(35);
    expect(asked[0]).to.include({ phone: '79000000001', text: 'hi' });
    expect(new Set(statuses(id))).to.deep.equal(new Set(['sent']));
  });

  it('starts a mailing whose start was moved at its new time', async () => {
    ledger.addClients(1);
    const id = ledger.addMailing({ startsInMs: 80, endsInMs: 5_000 });
    const startedAt = performance.now();
    await createWorker(createProvider(() => accepted)).start(id);
    await ended(id);
    expect(performance.now() - startedAt).to.be.greaterThan(75);
  });

  it('asks again when the provider was busy or did not answer, under the same id', async () => {
    ledger.addClients(20);
    const seen = new Map<number, number>();
    const answers = [busy, unknown, busy, accepted];
    const provider = createProvider(({ id }) => {
      const attempt = seen.get(id) ?? 0;
      seen.set(id, attempt + 1);
      return answers[attempt] ?? accepted;
    });
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
    await createWorker(provider).start(id);
    expect(await ended(id)).to.equal('completed');
    expect([...seen.values()]).to.deep.equal(Array(20).fill(4));
    expect(new Set(statuses(id))).to.deep.equal(new Set(['sent']));
  });

  it('takes a refusal for final', async () => {
    ledger.addClients(2);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
    await createWorker(createProvider(() => ({ kind: 'refused', detail: 'HTTP 400' }))).start(id);
    expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(2);
    expect(statuses(id)).to.deep.equal(['failed', 'failed']);
  });

  it('does not ask again without an answer when asking twice could deliver twice', async () => {
    ledger.addClients(2);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
    await createWorker(createProvider(() => unknown, false)).start(id);
    expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(2);
    expect(statuses(id)).to.deep.equal(['unknown', 'unknown']);
  });

  it('cancels what has no client any more', async () => {
    const [gone] = ledger.addClients(3);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
    const worker = createWorker(
      createProvider(() => accepted),
      { lanes: 0 },
    );
    await worker.start(id);
    ledger.clients.delete(gone!);
    await worker.send(id, forever);
    expect(statuses(id)).to.deep.equal(['canceled', 'sent', 'sent']);
  });

  for (const phone of ['07700900123', '0', '+7900123456', '7 900', '7900\u202a', '٧٩٠٠', 'abc', '', '1e3', '0x10']) {
    it(`asks nobody with the number ${JSON.stringify(phone)}, and says why`, async () => {
      const [odd] = ledger.addClients(3);
      ledger.clients.set(odd!, phone);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
      await createWorker(createProvider(() => accepted)).start(id);
      expect(await ended(id)).to.equal('completed');
      expect(asked.map((message) => message.phone)).to.deep.equal(['79000000002', '79000000003']);
      expect(statuses(id)).to.deep.equal(['canceled', 'sent', 'sent']);
      expect(ledger.messagesOf(id)[0]!.reason).to.equal('bad_number');
    });
  }

  it('asks again with no number that breaks the rule, and does not call off what may have arrived', async () => {
    const [busyOne, lostOne] = ledger.addClients(2);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
    const provider = createProvider((message) => {
      ledger.clients.set(message.clientId, '07700900123');
      return message.clientId === busyOne ? busy : unknown;
    });
    await createWorker(provider).start(id);
    expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(2);
    expect(statuses(id)).to.deep.equal(['canceled', 'unknown']);
    expect(lostOne).to.equal(2);
  });

  describe('when a client is deleted while a worker holds its message', () => {
    const start = async (provider: Provider, clients = 6, settings: Partial<DispatchSettings> = {}) => {
      const ids = ledger.addClients(clients);
      const mailing = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
      void createWorker(provider, { concurrency: 2, lanes: 1, ...settings }).start(mailing);
      await sleep(30);
      return { ids, mailing };
    };
    const askedIds = () => asked.map(({ clientId }) => clientId);

    it('does not ask for it, and cancels it before its turn comes', async () => {
      let open = () => {};
      const opened = new Promise<void>((resolve) => {
        open = resolve;
      });
      const { ids, mailing } = await start(createProvider(() => opened.then(() => accepted)));
      expect(askedIds(), 'two are in flight, the third waits for a slot').to.deep.equal(ids.slice(0, 2));
      for (const id of [ids[0]!, ids[2]!, ids[4]!]) ledger.removeClient(id);
      await sleep(120);
      expect(statuses(mailing)).to.deep.equal(['pending', 'pending', 'canceled', 'pending', 'canceled', 'pending']);
      open();
      expect(await ended(mailing)).to.equal('completed');
      expect(askedIds()).to.deep.equal([ids[0], ids[1], ids[3], ids[5]]);
      expect(statuses(mailing), 'what was on its way is sent').to.deep.equal([
        ...['sent', 'sent', 'canceled', 'sent', 'canceled', 'sent'],
      ]);
    });

    for (const [outcome, status] of [
      [busy, 'canceled'],
      [unknown, 'unknown'],
    ] as const) {
      it(`does not ask again what was answered ${outcome.kind}: it is ${status}`, async () => {
        let open = () => {};
        const opened = new Promise<void>((resolve) => {
          open = resolve;
        });
        const first = new Set<number>();
        const provider = createProvider(async ({ id }) => {
          if (first.has(id)) return accepted;
          first.add(id);
          if (first.size === 1) return outcome;
          await opened;
          return first.size === 2 ? outcome : accepted;
        });
        const { ids, mailing } = await start(provider, 2, { backoffMs: { first: 2_000, longest: 2_000 } });
        for (const id of ids) ledger.removeClient(id);
        await sleep(80);
        expect(statuses(mailing), 'one was answered, one is on its way').to.deep.equal([status, 'pending']);
        open();
        expect(await ended(mailing)).to.equal('completed');
        expect(statuses(mailing)).to.deep.equal([status, status]);
        expect(asked).to.have.length(2);
      });
    }

    it('leaves no trace at a gate that is closed, whoever was to try it', async () => {
      let isWell = false;
      const { ids, mailing } = await start(
        createProvider(() => (isWell ? accepted : { ...busy, fault: 'credentials' })),
        4,
        { timeoutMs: 50 },
      );
      for (const id of ids.slice(1)) ledger.removeClient(id);
      await sleep(100);
      isWell = true;
      expect(await ended(mailing)).to.equal('completed');
      expect(statuses(mailing)).to.deep.equal(['sent', 'canceled', 'canceled', 'canceled']);
    });
  });

  it('starts no request at the end or in the guard before it, and expires what is left', async () => {
    ledger.addClients(100);
    const end = performance.now() + 200;
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 200 });
    const times: number[] = [];
    const provider = createProvider(async () => {
      times.push(performance.now());
      await sleep(20);
      return accepted;
    });
    await createWorker(provider, { concurrency: 2, endGuardMs: 50 }).start(id);
    expect(await ended(id)).to.equal('expired');
    expect(Math.max(...times)).to.be.lessThan(end - 50);
    expect(statuses(id).filter((status) => status === 'sent')).to.have.length(times.length);
    expect(statuses(id).filter((status) => status === 'expired')).to.have.length(100 - times.length);
  });

  it('does not let a request outlast the end', async () => {
    ledger.addClients(1);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 300 });
    const timeouts: number[] = [];
    const provider: Provider = {
      ...createProvider(() => accepted),
      send: async (_message, timeoutMs) => {
        timeouts.push(timeoutMs);
        return accepted;
      },
    };
    await createWorker(provider, { endGuardMs: 10 }).start(id);
    await ended(id);
    expect(timeouts[0]).to.be.within(1, 300);
  });

  it('stops a mailing that is deleted while it runs', async () => {
    ledger.addClients(1_000);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    const provider = createProvider(() => sleep(5, accepted));
    const worker = createWorker(provider, { concurrency: 4, lanes: 0 });
    await worker.start(id);
    const sending = worker.send(id, forever);
    await sleep(100);
    ledger.changeMailing(id, { deleted: true });
    await sending;
    expect(asked.length).to.be.within(10, 500);
  });

  it('uses a text that was changed for what is unsent', async () => {
    ledger.addClients(200);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000, text: 'old' });
    const worker = createWorker(
      createProvider(() => sleep(5, accepted)),
      { concurrency: 2, lanes: 0 },
    );
    await worker.start(id);
    const sending = worker.send(id, forever);
    await sleep(60);
    ledger.changeMailing(id, { text: 'new' });
    await sending;
    const texts = asked.map(({ text }) => text);
    expect(texts.at(0)).to.equal('old');
    expect(texts.at(-1)).to.equal('new');
    expect(texts.lastIndexOf('old')).to.be.lessThan(texts.indexOf('new') + 30);
  });

  it('stays within its concurrency over all mailings', async () => {
    ledger.addClients(50);
    let inFlight = 0;
    let most = 0;
    const provider = createProvider(async () => {
      most = Math.max(most, ++inFlight);
      await sleep(2);
      inFlight--;
      return accepted;
    });
    const worker = createWorker(provider, { concurrency: 5 });
    const ids = [1, 2, 3].map(() => ledger.addMailing({ startsInMs: 0, endsInMs: 10_000 }));
    await Promise.all(ids.map((id) => worker.start(id)));
    await Promise.all(ids.map(ended));
    expect(most).to.equal(5);
    expect(asked).to.have.length(150);
  });

  it('takes over what a dead worker held, and asks only what it left open', async () => {
    ledger.addClients(100);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    const dying = new MemoryStore(ledger);
    const provider = createProvider(() => sleep(5, accepted));
    const first = createWorker(provider, { concurrency: 2, lanes: 0 }, dying);
    await first.start(id);
    const ending = first.send(id, forever).catch((error: Error) => error.message);
    await sleep(100);
    dying.die();
    const askedByDead = asked.length;
    await createWorker(provider).send(id, forever);
    expect(await ending).to.equal('this worker is dead');
    expect(new Set(statuses(id))).to.deep.equal(new Set(['sent']));
    expect(askedByDead).to.be.greaterThan(4);
    expect(asked.length - 100, 'asked twice: in flight, or answered and not yet written').to.be.at.most(10);
  });

  it('leaves the rest to others when it shuts down, with everything asked written down', async () => {
    ledger.addClients(100);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    const worker = createWorker(
      createProvider(() => sleep(5, accepted)),
      { concurrency: 2, lanes: 0 },
    );
    await worker.start(id);
    const shutdown = new AbortController();
    const sending = worker.send(id, shutdown.signal);
    await sleep(50);
    shutdown.abort();
    await sending;
    expect(asked.length).to.be.lessThan(100);
    expect(statuses(id).filter((status) => status === 'sent')).to.have.length(asked.length);
    expect(ledger.ranges.every(({ workerId }) => workerId === null)).to.equal(true);
  });

  it('keeps outcomes until the store takes them', async () => {
    ledger.addClients(5);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    let failures = 2;
    class FailingStore extends MemoryStore {
      override async settle(settlements: Parameters<MemoryStore['settle']>[0]) {
        if (failures-- > 0) throw new Error('the database is away');
        return super.settle(settlements);
      }
    }
    await createWorker(
      createProvider(() => accepted),
      {},
      new FailingStore(ledger),
    ).start(id);
    expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(5);
    expect(failures).to.equal(-1);
  });

  it('takes no more lanes of one mailing than it should', async () => {
    ledger.addClients(100);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    const worker = createWorker(
      createProvider(() => sleep(2, accepted)),
      { lanes: 0, lanesPerWorker: 2, concurrency: 2 },
    );
    await worker.start(id);
    const lanes = [0, 1, 2, 3].map(() => worker.send(id, forever));
    expect((await Promise.all(lanes)).sort()).to.deep.equal(['crowded', 'crowded', 'over', 'over']);
  });

  it('starts nothing on old knowledge: a pause counts even when the store is slow to tell', async () => {
    ledger.addClients(2_000);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    let isSlow = false;
    class SlowStore extends MemoryStore {
      override async renew(...given: Parameters<MemoryStore['renew']>) {
        if (isSlow) await sleep(400);
        return super.renew(...given);
      }
    }
    const provider = createProvider(() => sleep(2, accepted));
    const settings = { concurrency: 4, lanes: 0, renewEveryMs: 20, knownForMs: 100 };
    const worker = createWorker(provider, settings, new SlowStore(ledger));
    await worker.start(id);
    const sending = worker.send(id, forever);
    await sleep(100);
    isSlow = true;
    ledger.changeMailing(id, { status: 'paused' });
    await sleep(110);
    const askedByThen = asked.length;
    await sending;
    expect(asked.length).to.equal(askedByThen);
    expect(askedByThen).to.be.within(10, 1_000);
    expect(statuses(id).filter((status) => status === 'sent')).to.have.length(askedByThen);
  });

  it('starts nothing after all sending is stopped, in any worker, and goes on afterwards', async () => {
    ledger.addClients(2_000);
    const ids = [1, 2].map(() => ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 }));
    const settings = { concurrency: 4, renewEveryMs: 20, knownForMs: 100 };
    const workers = [1, 2].map(() =>
      createWorker(
        createProvider(() => sleep(2, accepted)),
        settings,
      ),
    );
    for (const id of ids) await workers[0]!.start(id);
    await sleep(100);
    ledger.isStopped = true;
    await sleep(110);
    const askedByThen = asked.length;
    await sleep(200);
    expect(asked.length).to.equal(askedByThen);
    expect(askedByThen).to.be.within(10, 3_000);
    ledger.isStopped = false;
    for (const worker of workers) await worker.sweep();
    for (const id of ids) expect(await ended(id)).to.equal('completed');
    expect(asked).to.have.length(4_000);
    expect(new Set(asked.map(({ id }) => id)).size).to.equal(4_000);
  });

  it('starts nothing after all sending is stopped although the store never answers again', async () => {
    ledger.addClients(2_000);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    let isSilent = false;
    const silence = new Promise<never>(() => {});
    class SilentStore extends MemoryStore {
      override renew = (...given: Parameters<MemoryStore['renew']>) => (isSilent ? silence : super.renew(...given));
      override claim = (...given: Parameters<MemoryStore['claim']>) => (isSilent ? silence : super.claim(...given));
      override mark = (...given: Parameters<MemoryStore['mark']>) => (isSilent ? silence : super.mark(...given));
    }
    const provider = createProvider(() => sleep(2, accepted));
    const settings = { concurrency: 4, lanes: 0, renewEveryMs: 20, knownForMs: 100 };
    const worker = createWorker(provider, settings, new SilentStore(ledger));
    await worker.start(id);
    void worker.send(id, forever);
    await sleep(100);
    isSilent = true;
    ledger.isStopped = true;
    await sleep(110);
    const askedByThen = asked.length;
    await sleep(300);
    expect(asked.length).to.equal(askedByThen);
    expect(askedByThen).to.be.greaterThan(10);
  });

  it('leaves a mailing alone that has nothing to do for long, and has itself woken', async () => {
    ledger.addClients(1);
    const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
    const answers = [{ ...busy, retryAfterMs: 300 }, accepted];
    const worker = createWorker(
      createProvider(() => answers.shift()!),
      { lanes: 0, leaveAfterMs: 50 },
    );
    await worker.start(id);
    expect(await worker.send(id, forever)).to.equal('over');
    expect(statuses(id)).to.deep.equal(['pending']);
    await sleep(400);
    await worker.send(id, forever);
    expect(statuses(id)).to.deep.equal(['sent']);
  });

  describe('in doubt', () => {
    const answerWith = async (answers: Outcome[], idempotent = true) => {
      ledger.addClients(1);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 5_000 });
      await createWorker(createProvider(() => answers.shift() ?? accepted, idempotent)).start(id);
      await ended(id);
      return statuses(id)[0];
    };
    const refused: Outcome = { kind: 'refused', detail: 'HTTP 400' };

    it('calls a refusal final when nothing went unanswered before', async () => {
      expect(await answerWith([busy, refused])).to.equal('failed');
    });
    it('does not call failed what may have arrived at the first attempt', async () => {
      expect(await answerWith([unknown, busy, refused])).to.equal('unknown');
    });
    it('calls sent what was accepted in the end', async () => {
      expect(await answerWith([unknown, busy, accepted])).to.equal('sent');
    });
    it('asks again what was busy, whatever the provider promises', async () => {
      expect(await answerWith([busy, accepted], false)).to.equal('sent');
    });
    it('does not call unsent what a dead worker asked, when a later one had the range and could not ask', async () => {
      ledger.addClients(5);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
      const dying = new MemoryStore(ledger);
      await dying.start(id);
      const range = await dying.claim(id, { leaseMs: 5_000, idempotent: true });
      if (range.kind !== 'range') throw new Error(range.kind);
      await dying.mark(range.hold, range.messages[1]!.id);
      dying.die();
      const endGuardMs = 60_000;
      const later = createWorker(
        createProvider(() => accepted),
        { endGuardMs },
      );
      const shutdown = new AbortController();
      const sending = later.send(id, shutdown.signal);
      await sleep(50);
      shutdown.abort();
      await sending;
      ledger.mailings.get(id)!.endAt = performance.now();
      await later.finish(id);
      expect(asked).to.have.length(0);
      expect(statuses(id)).to.deep.equal(['unknown', 'unknown', 'expired', 'expired', 'expired']);
    });
  });

  describe('a sick provider', () => {
    const settings: Partial<DispatchSettings> = {
      concurrency: 10,
      breaker: { share: 0.5, windowMs: 1_000, attempts: 20, firstMs: 100, longestMs: 400 },
      backoffMs: { first: 1, longest: 2 },
    };

    it('is left alone, tried with one message at a time, and used again when it is well', async () => {
      ledger.addClients(200);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
      let isSick = true;
      let inFlight = 0;
      const sick: number[] = [];
      const provider = createProvider(async () => {
        inFlight++;
        if (isSick) sick.push(inFlight);
        await sleep(5);
        inFlight--;
        return isSick ? busy : accepted;
      });
      const [first, second] = [createWorker(provider, settings), createWorker(provider, settings)];
      await first.start(id);
      void second.send(id, forever);
      await sleep(1_000);
      const tried = sick.length;
      isSick = false;
      expect(await ended(id)).to.equal('completed');
      expect(tried, 'about 20 of each worker until it is noticed, then a try after 100, 200, 400 ms').to.be.within(
        20,
        80,
      );
      expect(sick.slice(-2), 'one at a time').to.deep.equal([1, 1]);
      expect(new Set(statuses(id))).to.deep.equal(new Set(['sent']));
    });

    it('that does not take our token is left alone at once', async () => {
      ledger.addClients(100);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 700 });
      const provider = createProvider(async () => {
        await sleep(5);
        return { kind: 'busy', detail: 'HTTP 401', fault: 'credentials' } as const;
      });
      await createWorker(provider, { ...settings, concurrency: 4, endGuardMs: 10 }).start(id);
      await ended(id);
      expect(asked.length).to.be.within(4, 14);
      expect(new Set(statuses(id))).to.deep.equal(new Set(['expired']));
    });

    it('does not keep a mailing from being paused, nor from its end', async () => {
      ledger.addClients(100);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
      const worker = createWorker(
        createProvider(() => busy),
        { ...settings, lanes: 0 },
      );
      await worker.start(id);
      const sending = worker.send(id, forever);
      await sleep(100);
      ledger.changeMailing(id, { status: 'paused' });
      expect(await sending).to.equal('over');
    });
  });

  describe('rates', () => {
    const timesOf = (provider: (times: number[]) => Provider) => {
      const times: number[] = [];
      return { times, provider: provider(times) };
    };
    const timed = () =>
      timesOf((times) =>
        createProvider(() => {
          times.push(performance.now());
          return accepted;
        }),
      );

    it('are kept by all workers together', async () => {
      ledger.addClients(60);
      const id = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000 });
      const { times, provider } = timed();
      const workers = [1, 2].map(() => createWorker(provider, { perSecond: 100, lanes: 0 }));
      await workers[0]!.start(id);
      await Promise.all(workers.map((worker) => worker.send(id, forever)));
      expect(times).to.have.length(60);
      expect(times.at(-1)! - times[0]!).to.be.within(500, 1_000);
      const busiest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 100).length));
      expect(busiest, 'in a tenth of a second').to.be.at.most(16);
    });
  });

  it('gives mailings their turn when there are more messages than slots', async () => {
    ledger.addClients(300);
    const texts: string[] = [];
    const provider = createProvider(async ({ text }) => {
      texts.push(text);
      await sleep(2);
      return accepted;
    });
    const worker = createWorker(provider, { concurrency: 4, lanes: 0 });
    const long = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000, text: 'long' });
    const late = ledger.addMailing({ startsInMs: 0, endsInMs: 60_000, text: 'late' });
    await worker.start(long);
    const sending = [worker.send(long, forever), worker.send(long, forever)];
    await sleep(50);
    await worker.start(late);
    const begun = texts.length;
    sending.push(worker.send(late, forever));
    await Promise.all(sending);
    const next = texts.slice(begun + 4, begun + 64);
    expect(next.filter((text) => text === 'late').length).to.be.within(15, 45);
  });

  it('gives a mailing lanes for all workers that live, and in a sweep for those that were added', async () => {
    ledger.addClients(1);
    const id = ledger.addMailing({ startsInMs: -1_000, endsInMs: 60_000 });
    const opened: number[] = [];
    const nothing = async () => {};
    const openDispatcher = () =>
      createDispatcher({
        store: new MemoryStore(ledger),
        provider: createProvider(() => accepted),
        logger: silentLogger,
        settings: { lanes: 2, lanesPerWorker: 3 },
        clock: {
          startIn: nothing,
          finishIn: nothing,
          purge: nothing,
          send: async (_id, lane) => void opened.push(lane),
        },
      });
    const [first] = [openDispatcher(), openDispatcher()];
    await first.start(id);
    expect(opened.splice(0)).to.deep.equal([0, 1, 2, 3, 4, 5]);
    const [added] = [openDispatcher(), openDispatcher()];
    await added.sweep();
    expect(opened.splice(0)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('gives 40 workers their share of one mailing, and sends nothing twice', async () => {
    ledger.addClients(4_000);
    const id = ledger.addMailing({ startsInMs: -1_000, endsInMs: 60_000 });
    const sentBy = new Map<number, number>();
    const jobs: number[] = [];
    const nothing = async () => {};
    const workers = Array.from({ length: 40 }, (_, worker) =>
      createDispatcher({
        store: new MemoryStore(ledger),
        provider: createProvider(async () => {
          sentBy.set(worker, (sentBy.get(worker) ?? 0) + 1);
          await sleep(5);
          return accepted;
        }),
        logger: silentLogger,
        settings: { ...quick, concurrency: 4 },
        clock: { startIn: nothing, finishIn: nothing, purge: nothing, send: async (_id, lane) => void jobs.push(lane) },
      }),
    );
    await workers[0]!.start(id);
    expect(jobs, 'three lanes for each').to.have.length(120);
    // As Agenda hands them out: whoever has enough lanes leaves the next one to another.
    await Promise.all(jobs.map((lane) => workers[lane % 40]!.send(id, forever)));
    expect(await ended(id)).to.equal('completed');
    expect(sentBy.size, 'workers that sent').to.equal(40);
    expect(Math.min(...sentBy.values()), 'the smallest share').to.be.above(40);
    expect(asked).to.have.length(4_000);
    expect(new Set(asked.map((message) => message.id)).size, 'different messages').to.equal(4_000);
  });

  it('finds in a sweep what lost its job', async () => {
    ledger.addClients(3);
    const due = ledger.addMailing({ startsInMs: -1_000, endsInMs: 60_000 });
    const running = ledger.addMailing({ startsInMs: -1_000, endsInMs: 60_000 });
    const gone = ledger.addMailing({ startsInMs: -1_000, endsInMs: 60_000 });
    await new MemoryStore(ledger).start(running);
    ledger.changeMailing(gone, { deleted: true });
    await createWorker(createProvider(() => accepted)).sweep();
    expect(await ended(due)).to.equal('completed');
    expect(await ended(running)).to.equal('completed');
    expect(ledger.mailings.has(gone)).to.equal(false);
  });
});
