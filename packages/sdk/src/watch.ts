import { ConnectionError, RateLimitError, ServerError } from './errors.js';
import type { MailingStatisticDetail, MessageCounts } from './generated/types.js';
import type { Stand } from './live.js';
import type { CallOptions } from './options.js';
import { type Patience, toReason } from './patience.js';
import { pause } from './pause.js';

/** How far a mailing is. */
export interface Progress extends MessageCounts {
  status: MailingStatisticDetail['status'];
  /** Messages sent a second, of late; null as long as that is not known. */
  perSecond: number | null;
  /** Seconds until nothing is pending, if it goes on like this; null when nobody can tell. */
  secondsLeft: number | null;
  /** Whether the mailing has ended; then this is the last word. */
  isOver: boolean;
}

export interface WatchOptions extends CallOptions {
  /** To look every so many milliseconds, instead of being told. */
  everyMs?: number;
}

export interface MailingWatching {
  /**
   * Watches a mailing until it has ended: tells how it stands at once, and again whenever that has changed, at most once a
   * second. The service tells it (server-sent events); where that is not to be had, it is asked. A service that is away is
   * waited for, and the logger told so. Leaving the loop, or the signal, ends it. Needs `view_statistic`.
   *
   * @example
   * for await (const { sent, total, secondsLeft } of showroom.mailing.watch(12)) console.log(sent, total, secondsLeft);
   */
  watch(id: number, options?: WatchOptions): AsyncIterable<Progress>;
  /**
   * Resolves when a mailing has ended, to how. Needs `view_statistic`.
   *
   * @example
   * const { status, sent, failed } = await showroom.mailing.finished(12);
   */
  finished(id: number, options?: WatchOptions): Promise<Progress>;
}

type Look = (id: number, options: CallOptions) => Promise<Stand>;
type Listen = (id: number, options: CallOptions) => AsyncIterable<Stand>;

interface Told {
  readonly progress: Progress;
  readonly at: number;
}

const overStatuses = new Set(['completed', 'expired', 'canceled']);
/** The weight of the last look in the rate that is told: enough to follow, not so much as to jump. */
const newest = 0.4;
const usualEveryMs = 1_000;
const awayPauseMs = 2_000;

export function createWatching(look: Look, listen: Listen, logger: Patience['logger']): MailingWatching {
  async function* watch(id: number, { everyMs, ...options }: WatchOptions = {}): AsyncGenerator<Progress> {
    let before: Told | undefined;
    const stands = everyMs === undefined ? follow(id, options) : ask(id, everyMs, options);
    for await (const stand of stands) {
      const at = performance.now();
      const progress = toProgress(stand, at, before);
      if (!before || hasChanged(before.progress, progress)) yield progress;
      if (progress.isOver) return;
      before = { progress, at };
    }
  }

  /** As long as the service tells, that; from then on, what it answers. */
  async function* follow(id: number, options: CallOptions): AsyncGenerator<Stand> {
    for await (const stand of listen(id, options)) yield stand;
    options.signal?.throwIfAborted();
    yield* ask(id, usualEveryMs, options);
  }

  async function* ask(id: number, everyMs: number, options: CallOptions): AsyncGenerator<Stand> {
    for (;;) {
      yield await patientlyLook(id, options);
      await pause(everyMs, options.signal);
    }
  }

  /** What passes is waited for, however long; what does not is thrown. */
  async function patientlyLook(id: number, options: CallOptions): Promise<Stand> {
    for (;;) {
      try {
        return await look(id, options);
      } catch (error) {
        const isAway =
          error instanceof ConnectionError || error instanceof ServerError || error instanceof RateLimitError;
        if (!isAway) throw error;
        logger?.warn('mailing.watch waits for the service.', { mailing: id, ...toReason(error), pauseMs: awayPauseMs });
        await pause(awayPauseMs, options.signal);
      }
    }
  }

  return {
    // Each loop over it begins anew.
    watch: (id, options) => ({ [Symbol.asyncIterator]: () => watch(id, options) }),
    finished: async (id, options) => {
      let last: Progress | undefined;
      for await (const progress of watch(id, options)) last = progress;
      return last!;
    },
  };
}

function toProgress({ status, messages }: Stand, at: number, before: Told | undefined): Progress {
  const isOver = overStatuses.has(status) && messages.pending === 0;
  // The last word comes when the last answer is written down, and not when the last message is sent.
  const perSecond = before ? (isOver ? before.progress.perSecond : toRate(messages.sent, at, before)) : null;
  const secondsLeft = perSecond !== null && perSecond > 0 && !isOver ? Math.ceil(messages.pending / perSecond) : null;
  return { ...messages, status, perSecond, secondsLeft, isOver };
}

function toRate(sent: number, at: number, { progress, at: was }: Told): number {
  const now = Math.max(0, sent - progress.sent) / ((at - was) / 1_000);
  return progress.perSecond === null ? now : newest * now + (1 - newest) * progress.perSecond;
}

const told = ['status', 'total', 'pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'] as const;
const hasChanged = (one: Progress, other: Progress) => told.some((field) => one[field] !== other[field]);
