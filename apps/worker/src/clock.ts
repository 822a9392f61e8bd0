import type { DispatchClock } from '@showroom/dispatch';
import type { MailingClock } from '@showroom/jobs';

/**
 * The engine counts durations by the database's clock; jobs want moments of that clock.
 *
 * @param aheadMs how far this machine's clock is ahead of the database's
 */
export function createClock(jobs: MailingClock, aheadMs: () => number): DispatchClock {
  const inMs = (delayMs: number) => new Date(Date.now() - aheadMs() + delayMs);
  return {
    startIn: (mailingId, delayMs) => jobs.startAt(mailingId, inMs(delayMs)),
    finishIn: (mailingId, delayMs) => jobs.finishAt(mailingId, inMs(delayMs)),
    send: jobs.send,
    purge: jobs.purge,
  };
}
