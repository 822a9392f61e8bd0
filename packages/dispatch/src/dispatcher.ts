import type { DispatchClock } from './clock.js';
import { FairSlots } from './fair-slots.js';
import { Gate } from './gate.js';
import { createLanes } from './lanes.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { DispatchLogger } from './logger.js';
import { type DispatchObserver, nobodyWatches } from './observer.js';
import { OutcomeWriter } from './outcome-writer.js';
import { createPacers } from './pacer.js';
import type { Provider } from './provider.js';
import { type DispatchSettings, defaultSettings } from './settings.js';
import type { DispatchStore } from './store.js';
import { MarkStride } from './water-mark.js';

export interface DispatcherOptions {
  store: DispatchStore;
  provider: Provider;
  clock: DispatchClock;
  logger: DispatchLogger;
  observer?: DispatchObserver;
  settings?: Partial<DispatchSettings>;
}

export type Dispatcher = ReturnType<typeof createDispatcher>;

/*
 * A mailing's life, told once:
 *
 * scheduled. When its start comes, `start` freezes the audience into messages (pending) and ranges, in one
 *   transaction with the change to running. A start that was moved is asked for again at its new time; one that comes
 *   after the end makes the mailing expired, without messages.
 * running. Lanes (`send`) claim ranges, one at a time each, and ask the provider. A lane stays until the mailing is
 *   over: while others hold what is open, or it waits for a retry, the lane rests and looks again, and so takes over
 *   what a dead worker held. Where there is nothing to do for long (a window is closed), the lane ends, and the clock
 *   wakes the mailing in time.
 * paused, by an operator, and running again: lanes end, and begin anew. Nothing else changes.
 * completed, when every message has its end before the mailing's end; expired, when the end left some unsent (they
 *   become expired too); canceled, by an operator, with what was unsent. `finish` does all three; lanes call it, and a
 *   job at the end does, in case no lane lives. An operator may have what failed sent again: then it runs once more.
 *
 * Impossible: two audiences for one mailing (start happens once); a request at or after the end (a lease says no a
 * guard's time before it); a message in two live leases; an end that changes (settling leaves ends alone).
 */

/**
 * The engine: what each job does. Every method may run twice, late, or beside itself in another worker.
 *
 * @example
 * const dispatcher = createDispatcher({ store, provider, clock, logger });
 * await dispatcher.start(12);
 * await dispatcher.send(12, signal);
 */
export function createDispatcher(options: DispatcherOptions) {
  const { store, provider, clock, logger, observer = nobodyWatches } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const writer = new OutcomeWriter(store, settings.flushEveryMs, logger);
  const gate = new Gate({ store, provider: provider.name, settings, logger });
  const keeper = new LeaseKeeper(store, settings, logger, () => gate.look());
  const pacers = createPacers(store, logger);
  const slots = new FairSlots(settings.concurrency);
  const stride = new MarkStride(settings.markAhead, provider.idempotent);
  const sending = { store, provider, settings, writer, logger, observer, gate, pacers, slots, stride };
  const lanes = createLanes({ ...sending, keeper, clock, finish });

  /** Gets a mailing going: at its start, and whenever it has to go on. */
  async function start(mailingId: number): Promise<void> {
    const result = await store.start(mailingId);
    if (result.kind === 'not_due') return clock.startIn(mailingId, result.dueInMs);
    if (result.kind !== 'started' && result.kind !== 'running') return;
    const isEmpty = result.kind === 'started' && result.audience === 0;
    if (result.kind === 'started') {
      const { audience, origin } = result;
      logger.info({ mailing: mailingId, audience, request: origin.requestId ?? undefined }, 'mailing started');
    }
    await clock.finishIn(mailingId, isEmpty ? 0 : result.endsInMs);
    if (isEmpty) return;
    await openLanes(mailingId, await wantedLanes());
  }

  /** As many lanes as all workers that live would take: one mailing uses them all. */
  async function wantedLanes(): Promise<number> {
    const { lanes, lanesPerWorker } = settings;
    if (lanes === 0) return 0;
    return Math.max(lanes, lanesPerWorker * (await store.countWorkers()));
  }

  async function openLanes(mailingId: number, wanted: number): Promise<void> {
    for (let lane = 0; lane < wanted; lane++) await clock.send(mailingId, lane);
  }

  async function finish(mailingId: number): Promise<void> {
    const result = await store.finish(mailingId);
    if (result.kind === 'wait') return clock.finishIn(mailingId, result.waitMs);
    if (result.kind === 'finished') logger.info({ mailing: mailingId, status: result.status }, 'mailing finished');
  }

  /**
   * Re-creates the jobs of what is due in the store: whatever was lost, this finds it. And what is due and in nobody's
   * hands gets the lanes of a worker that was added.
   */
  async function sweep(): Promise<void> {
    const { starts, sends, finishes, purges } = await store.due(settings.sweepHorizonMs);
    for (const { mailingId, dueInMs } of starts) await clock.startIn(mailingId, dueInMs);
    const wanted = sends.length > 0 ? Math.max(1, await wantedLanes()) : 0;
    for (const mailingId of sends) await openLanes(mailingId, wanted);
    for (const mailingId of finishes) await clock.finishIn(mailingId, 0);
    for (const mailingId of purges) await clock.purge(mailingId);
  }

  async function purge(mailingId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await store.purge(mailingId)));
  }

  return {
    start,
    send: lanes.send,
    finish,
    sweep,
    purge,
    /** What keeps this worker from sending while others may; null when nothing does. */
    ownFault: () => gate.ownFault,
  };
}
