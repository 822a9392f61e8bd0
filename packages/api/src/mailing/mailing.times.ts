import { type CustomIssue, issue, type NewMailing } from '@showroom/contract';
import type { Mailing as MailingRow, Transaction } from '@showroom/database';
import type { Deps } from '../context.js';

/** When a mailing may send, as its table has it. */
export interface Times {
  startAt: Date;
  endAt: Date;
  /** `HH:MM:SS`; both or none. */
  sendWindowStart: string | null;
  sendWindowEnd: string | null;
}

type Before = Pick<MailingRow, keyof Times | 'status'>;
type Given = Partial<NewMailing>;

/** The database's clock. It decides what `now` is, and what has passed; no caller's or server's clock does. */
export async function readClock({ database }: Deps, transaction?: Transaction): Promise<Date> {
  const [row] = await database.sql<{ now: Date }>('SELECT clock_timestamp() AS now', [], transaction);
  return row!.now;
}

/** The times that a new mailing, or a changed one, would have. What was not sent stays as it was `before`. */
export function toTimes(given: NewMailing, now: Date): Times;
export function toTimes(given: Given, now: Date, before: Before): Times;
export function toTimes(given: Given, now: Date, before?: Before): Partial<Times> {
  const { startAt = before?.startAt, endAt = before?.endAt } = toDates(given, now, before);
  return {
    startAt,
    endAt,
    sendWindowStart: toTime(given.send_window_start, before?.sendWindowStart),
    sendWindowEnd: toTime(given.send_window_end, before?.sendWindowEnd),
  };
}

function toDates(given: Given, now: Date, before?: Before): { startAt?: Date; endAt?: Date } {
  const { start_notification_date: start, end_notification_date: end } = given;
  return { startAt: start === 'now' ? now : start, endAt: end && before ? toEnd(end, now, before) : end };
}

/** An end that has passed ends a running or paused mailing now. It never puts off an end that has come already. */
function toEnd(end: Date, now: Date, before: Before): Date {
  if (before.status === 'scheduled' || end > now) return end;
  return before.endAt < now ? before.endAt : now;
}

/** `HH:MM:SS`, as the database has it. */
const toTime = (given: string | null | undefined, was: string | null = null): string | null =>
  given === undefined ? was : given && `${given}:00`;

/** What is wrong with a mailing's times. */
export const judgeTimes = (times: Times, now: Date, before?: Before): CustomIssue[] => [
  ...judgeEnd(times, now, before),
  ...judgeWindow(times),
];

/** What is wrong with the dates that are given. One that is missing may have been refused for another reason. */
export const judgeDates = (given: Given, now: Date, before?: Before): CustomIssue[] =>
  judgeEnd(toDates(given, now, before), now, before);

function judgeEnd({ startAt, endAt }: Partial<Times>, now: Date, before?: Before): CustomIssue[] {
  if (!endAt) return [];
  if (endAt <= now && mustBeToCome(endAt, before)) {
    const words = `The end, ${endAt.toISOString()}, has passed: it is ${now.toISOString()} now. Choose a later end.`;
    return [issue('in_the_past', ['end_notification_date'], words)];
  }
  if (!startAt || endAt > startAt) return [];
  return [issue('end_before_start', ['end_notification_date'], 'The end must be after the start.')];
}

/** Of a new mailing, and of one that is still scheduled where the end changes: consumers send back what they have read. */
const mustBeToCome = (endAt: Date, before?: Before): boolean =>
  before === undefined || (before.status === 'scheduled' && endAt.toISOString() !== before.endAt.toISOString());

function judgeWindow({ sendWindowStart, sendWindowEnd }: Times): CustomIssue[] {
  if ((sendWindowStart === null) !== (sendWindowEnd === null)) {
    const missing = sendWindowStart === null ? 'send_window_start' : 'send_window_end';
    return [issue('half_a_window', [missing], 'A window has both a start and an end.')];
  }
  if (sendWindowStart === null || sendWindowStart !== sendWindowEnd) return [];
  return [issue('empty_window', ['send_window_end'], 'The window must not end when it starts.')];
}
