import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { DispatchClock } from './clock.js';
import { Lease } from './lease.js';
import { LeaseKeeper } from './lease-keeper.js';
import type { DispatchLogger } from './logger.js';
import { OutcomeWriter } from './outcome-writer.js';
import type { Provider } from './provider.js';
import { sendRange } from './range-sender.js';
import { type DispatchSettings, defaultSettings } from './settings.js';
import type { ClaimedRange, DispatchStore } from './store.js';

export interface DispatcherOptions {
  store: DispatchStore;
  provider: Provider;
  clock: DispatchClock;
  logger: DispatchLogger;
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
 *   what a dead worker held.
 * completed, when every message has its end before the mailing's end; expired, when the end left some unsent (they
 *   become expired too). `finish` does both; lanes call it, and a job at the end does, in case no lane lives.
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
export function createDispatcher({ store, provider, clock, logger, settings: given }: DispatcherOptions) {
  const settings = { ...defaultSettings, ...given };
  const writer = new OutcomeWriter(store, settings.flushEveryMs, logger);
  const keeper = new LeaseKeeper(store, settings, logger);
  const sender = { provider, settings, writer, logger, limit: pLimit(settings.concurrency) };
  const lanes = new Map<number, number>();

  async function start(mailingId: number): Promise<void> {
    const result = await store.start(mailingId);
    if (result.kind === 'not_due') return clock.startIn(mailingId, result.dueInMs);
    if (result.kind !== 'started') return;
    logger.info({ mailing: mailingId, audience: result.audience }, 'mailing started');
    await clock.finishIn(mailingId, result.audience === 0 ? 0 : result.endsInMs);
    if (result.audience === 0) return;
    for (let lane = 0; lane < settings.lanes; lane++) await clock.send(mailingId, lane);
  }

  /** Works on a mailing until it is over or the signal aborts. `crowded`: this worker has enough lanes on it already. */
  async function send(mailingId: number, signal: AbortSignal): Promise<'over' | 'crowded'> {
    const taken = lanes.get(mailingId) ?? 0;
    if (taken >= settings.lanesPerWorker) return 'crowded';
    lanes.set(mailingId, taken + 1);
    try {
      await runLane(mailingId, signal);
    } finally {
      const left = (lanes.get(mailingId) ?? 1) - 1;
      if (left > 0) lanes.set(mailingId, left);
      else lanes.delete(mailingId);
    }
    return 'over';
  }

  async function runLane(mailingId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const askedAt = performance.now();
      const claim = await store.claim(mailingId, settings.leaseMs);
      if (claim.kind === 'range') await work(mailingId, claim, askedAt, signal);
      else if (claim.kind === 'wait') await rest(Math.min(claim.waitMs, settings.idleMs), signal);
      else if (claim.kind === 'stopped') return;
      else return finish(mailingId);
    }
  }

  async function work(mailingId: number, range: ClaimedRange, askedAt: number, signal: AbortSignal): Promise<void> {
    const lease = new Lease(range, settings, askedAt, signal);
    await keeper.keepWhile(lease, async () => {
      await sendRange(sender, range, lease);
      await writer.flushed();
    });
    await store.release(range.rangeId);
    logger.debug({ mailing: mailingId, range: range.rangeId, messages: range.messages.length }, 'range worked through');
  }

  async function finish(mailingId: number): Promise<void> {
    const result = await store.finish(mailingId);
    if (result.kind === 'wait') return clock.finishIn(mailingId, result.waitMs);
    if (result.kind === 'finished') logger.info({ mailing: mailingId, status: result.status }, 'mailing finished');
  }

  /** Re-creates the jobs of what is due in the store: whatever was lost, this finds it. */
  async function sweep(): Promise<void> {
    const { starts, sends, finishes, purges } = await store.due(settings.sweepHorizonMs);
    for (const { mailingId, dueInMs } of starts) await clock.startIn(mailingId, dueInMs);
    for (const mailingId of sends) await clock.send(mailingId, store.workerId);
    for (const mailingId of finishes) await clock.finishIn(mailingId, 0);
    for (const mailingId of purges) await clock.purge(mailingId);
  }

  async function purge(mailingId: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await store.purge(mailingId)));
  }

  return { start, send, finish, sweep, purge };
}

const rest = (ms: number, signal: AbortSignal) => sleep(Math.max(ms, 10), undefined, { signal }).catch(() => {});
