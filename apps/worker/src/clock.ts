import type { DispatchClock } from '@showroom/dispatch';
import type { MailingClock } from '@showroom/jobs';

/** The engine counts durations by the database's clock; jobs want moments of this machine's. */
export const createClock = (jobs: MailingClock): DispatchClock => ({
  startIn: (mailingId, delayMs) => jobs.startAt(mailingId, inMs(delayMs)),
  finishIn: (mailingId, delayMs) => jobs.finishAt(mailingId, inMs(delayMs)),
  send: jobs.send,
  purge: jobs.purge,
});

const inMs = (delayMs: number) => new Date(Date.now() + delayMs);
