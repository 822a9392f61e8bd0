import { Gauge } from 'prom-client';
import type { Metrics } from './metrics.js';
import type { Check } from './readiness.js';

interface ClockCheckOptions {
  /** Asks PostgreSQL what time it is, in milliseconds since 1970. */
  ask(): Promise<number>;
  metrics: Metrics;
  /** Told when the clock is found wrong, or right again, and when PostgreSQL could not be asked. */
  logger: { info(context: object, message: string): void; warn(context: object, message: string): void };
}

export interface ClockCheck {
  /** How far this machine's clock is ahead of PostgreSQL's, by the last comparison; less than a second counts as 0. */
  aheadMs(): number;
  /** Compares the clocks now. Does not throw: what was known stays known. */
  compare(): Promise<void>;
  /** Compares them now and once a minute. */
  start(): Promise<void>;
  stop(): void;
  readonly check: Check;
}

const everyMs = 60_000;
/** A clock that is further off than this is wrong. */
const wrongMs = 5_000;
/** What lies below is as well the network's. */
const unnoticedMs = 1_000;
/** An answer that took longer than this says little about the time. */
const slowestMs = 2_000;

/**
 * Compares this machine's clock with PostgreSQL's, by which everything counts. A wrong clock does no harm to messages; it
 * makes logs, tokens and plans of this process wrong, so people are told.
 *
 * @example
 * const clock = createClockCheck({ ask: () => readClock(database), metrics, logger });
 * await clock.start();
 */
export function createClockCheck({ ask, metrics, logger }: ClockCheckOptions): ClockCheck {
  let offsetMs = 0;
  let wasWrong = false;
  let warnedAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const isWrong = () => Math.abs(offsetMs) > wrongMs;
  new Gauge({
    name: 'showroom_clock_offset_seconds',
    help: 'How far the clock of this machine is ahead of PostgreSQL’s; negative when it is behind.',
    registers: [metrics],
    collect() {
      this.set(offsetMs / 1_000);
    },
  });

  async function compare(): Promise<void> {
    try {
      const askedAt = performance.now();
      const theirs = await ask();
      const tookMs = performance.now() - askedAt;
      if (tookMs > slowestMs) return;
      offsetMs = Date.now() - tookMs / 2 - theirs;
      report();
    } catch (err) {
      logger.warn({ err }, 'the clock could not be compared with PostgreSQL’s');
    }
  }

  function report(): void {
    if (isWrong() && (!wasWrong || performance.now() - warnedAt >= everyMs)) {
      warnedAt = performance.now();
      logger.warn({ aheadMs: Math.round(offsetMs) }, `the clock of this machine is ${tell(offsetMs)}`);
    }
    if (!isWrong() && wasWrong) logger.info({}, 'the clock of this machine is right again');
    wasWrong = isWrong();
  }

  return {
    aheadMs: () => (Math.abs(offsetMs) < unnoticedMs ? 0 : Math.round(offsetMs)),
    compare,
    start: async () => {
      timer = setInterval(compare, everyMs).unref();
      await compare();
    },
    stop: () => clearInterval(timer),
    check: { name: 'clock', isVital: false, look: async () => (isWrong() ? tell(offsetMs) : undefined) },
  };
}

const tell = (offsetMs: number) =>
  `${(Math.abs(offsetMs) / 1_000).toFixed(1)} s ${offsetMs > 0 ? 'ahead of' : 'behind'} PostgreSQL’s`;
