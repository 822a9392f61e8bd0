import { endable } from './endable.js';
import { ConnectionError, RateLimitError, ServerError } from './errors.js';
import type { MailingStatisticDetail, MessageCounts } from './generated/types.js';
import type { ListenEnd, Stand } from './live.js';
import type { CallOptions } from './options.js';
import { type Patience, toReason } from './patience.js';
import { pause } from './pause.js';

/** How far a mailing is. */
export interface Progress extends MessageCounts {
  status: MailingStatisticDetail['status'];
  /** Whether somebody has stopped all sending: no mailing goes on, whatever its status. `sending.read()` says why. */
  isStopped: boolean;
  /** Messages sent a second, of late; null as long as that is not known, and while it is paused or stopped. */
  perSecond: number | null;
  /** Seconds until nothing is pending, if it goes on like this; null when nobody can tell, or it does not run. */
  secondsLeft: number | null;
  /** Whether the mailing has ended; then this is the last word. */
  isOver: boolean;
}

export interface WatchOptions extends CallOptions {
  /** To look every so many milliseconds, instead of being told. */
  everyMs?: number | undefined;
}

export interface MailingWatching {
  /**
   * Watches a mailing until it has ended: tells how it stands at once, and again whenever that has changed, at most once a
   * second. The service tells it (server-sent events); where that is not to be had, it is asked. A service that was reached and
   * is away then is waited for, however long, and the logger told so; one that never answers is an error. Leaving the loop ends
   * it at once; so does the signal, with its reason thrown. Needs `view_statistic`.
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
type Listen = (id: number, options: CallOptions) => AsyncGenerator<Stand, ListenEnd>;

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
  async function* watch(id: number, { everyMs, ...options }: WatchOptions): AsyncGenerator<Progress, void> {
    options.signal?.throwIfAborted();
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

  /**
   * As long as the service tells, that; from then on, what it answers. A service that has too many streams open is asked once,
   * and then for a stream again when it said.
   */
  async function* follow(id: number, options: CallOptions): AsyncGenerator<Stand> {
    for (;;) {
      const { wasReached, againMs } = yield* listen(id, options);
      options.signal?.throwIfAborted();
      if (againMs === undefined) return yield* ask(id, usualEveryMs, options, wasReached);
      logger?.warn('mailing.watch waits for a live stream: the service has too many open.', {
        mailing: id,
        pauseMs: againMs,
      });
      yield await patientlyLook(id, options);
      await pause(againMs, options.signal);
    }
  }

  /** A service that nobody has reached yet may be none at all: only one that was there is waited for. */
  async function* ask(id: number, everyMs: number, options: CallOptions, wasReached = false): AsyncGenerator<Stand> {
    yield await (wasReached ? patientlyLook(id, options) : look(id, options));
    for (;;) {
      await pause(everyMs, options.signal);
      yield await patientlyLook(id, options);
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

  const looped = (id: number, options: WatchOptions = {}): AsyncIterable<Progress> =>
    endable(options.signal, (signal) => watch(id, { ...options, signal }));

  return {
    watch: looped,
    finished: async (id, options) => {
      let last: Progress | undefined;
      for await (const progress of looped(id, options)) last = progress;
      return last!;
    },
  };
}

function toProgress(stand: Stand, at: number, before: Told | undefined): Progress {
  const { status, messages, sending_stopped: isStopped = false } = stand;
  const isOver = overStatuses.has(status) && messages.pending === 0;
  const wasGoing = before?.progress.status === 'running' && !before.progress.isStopped;
  const perSecond = wasGoing && !isStopped ? toPace(status, messages.sent, at, before) : null;
  const secondsLeft = status === 'running' && perSecond ? Math.ceil(messages.pending / perSecond) : null;
  return { ...messages, status, isStopped, perSecond, secondsLeft, isOver };
}

/**
 * Only what was sent while it ran counts. The last word comes when the last answer is written down, later than the last message
 * was sent: it says nothing of the pace.
 */
function toPace(status: Stand['status'], sent: number, at: number, before: Told): number | null {
  if (status === 'paused') return null;
  return status === 'running' ? toRate(sent, at, before) : before.progress.perSecond;
}

function toRate(sent: number, at: number, { progress, at: was }: Told): number {
  const now = Math.max(0, sent - progress.sent) / ((at - was) / 1_000);
  return progress.perSecond === null ? now : newest * now + (1 - newest) * progress.perSecond;
}

const told = ['status', 'isStopped', 'total', 'pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'] as const;
const hasChanged = (one: Progress, other: Progress) => told.some((field) => one[field] !== other[field]);
