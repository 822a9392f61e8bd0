import { setTimeout as sleep } from 'node:timers/promises';
import type { DispatchClock } from './clock.js';
import { Lease } from './lease.js';
import type { LeaseKeeper } from './lease-keeper.js';
import { type RangeSenderDeps, sendRange } from './range-sender.js';
import type { ClaimedRange } from './store.js';

interface LaneDeps extends RangeSenderDeps {
  keeper: LeaseKeeper;
  clock: DispatchClock;
  finish(mailingId: number): Promise<void>;
}

const storeAwayMs = 250;
const mostTries = 3;

/** What became of a lane. `crowded`: its job is to be left to others, and looked at again soon. */
export type LaneEnd = 'over' | 'crowded';

/** The lanes of this worker: each works on one range of a mailing at a time. */
export function createLanes(deps: LaneDeps) {
  const { store, provider, settings, writer, logger, gate, keeper, clock } = deps;
  const lanes = new Map<number, number>();
  const countLanes = () => [...lanes.values()].reduce((sum, count) => sum + count, 0);
  const introduced = once(async () => {
    const { name, idempotent } = provider;
    await store.introduce({ name, idempotent, perSecond: settings.perSecond });
    await gate.look();
  });

  /**
   * Works on a mailing until it is over, there is nothing to do for long, or the signal aborts. `crowded`: this worker has
   * enough lanes on it already, other mailings want their turn, or the provider refuses this worker and takes others.
   */
  async function send(mailingId: number, signal: AbortSignal): Promise<LaneEnd> {
    const taken = lanes.get(mailingId) ?? 0;
    if (taken >= settings.lanesPerWorker) return 'crowded';
    lanes.set(mailingId, taken + 1);
    try {
      return await runLane(mailingId, signal);
    } finally {
      const left = (lanes.get(mailingId) ?? 1) - 1;
      if (left > 0) lanes.set(mailingId, left);
      else {
        lanes.delete(mailingId);
        deps.pacers.forget(mailingId);
      }
    }
  }

  async function runLane(mailingId: number, signal: AbortSignal): Promise<LaneEnd> {
    const turnEnds = performance.now() + settings.turnMs;
    const { leaseMs } = settings;
    await introduced();
    while (!signal.aborted) {
      if (performance.now() > turnEnds && countLanes() >= settings.lanesAtOnce) return 'crowded';
      if (!gate.admitsLanes) return 'crowded';
      const { askedAt, claim } = await patiently(async () => {
        const askedAt = performance.now();
        return { askedAt, claim: await store.claim(mailingId, { leaseMs, idempotent: provider.idempotent }) };
      });
      if (claim.kind === 'range') {
        const isThrough = await work(mailingId, claim, askedAt, signal);
        // What ended the lease, the guard before the end perhaps, would end the next one at once.
        if (!isThrough) await rest(settings.idleMs, signal);
      } else if (claim.kind === 'stopped') break;
      else if (claim.kind !== 'wait') {
        await deps.finish(mailingId);
        break;
      } else if (claim.waitMs > settings.leaveAfterMs) {
        await clock.startIn(mailingId, claim.waitMs);
        break;
      } else await rest(Math.min(claim.waitMs, settings.idleMs), signal);
    }
    return 'over';
  }

  /** False when the lease is over by then: more than this range was ended with it. */
  async function work(mailingId: number, range: ClaimedRange, askedAt: number, signal: AbortSignal): Promise<boolean> {
    const lease = new Lease(mailingId, range, settings, askedAt, signal);
    await keeper.keepWhile(lease, async () => {
      await sendRange(deps, range, lease);
      await writer.flushed();
    });
    await patiently(() => store.release(range.hold));
    logger.debug(
      { mailing: mailingId, range: range.hold.rangeId, messages: range.messages.length },
      'range worked through',
    );
    return lease.verdict() !== 'over';
  }

  /** A connection may break, or fall silent: the store has another by then. */
  async function patiently<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === mostTries) throw error;
        logger.warn({ err: error }, 'a lane could not reach the ledger, trying again');
        await sleep(storeAwayMs);
      }
    }
  }

  return { send };
}

/** Does it at the first call, and again at the next one if it failed. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work().catch((error) => {
      done = null;
      throw error;
    });
    return done;
  };
}

const rest = (ms: number, signal: AbortSignal) => sleep(Math.max(ms, 10), undefined, { signal }).catch(() => {});
