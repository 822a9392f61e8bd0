import type { MailingList } from '@showroom/contract';
import type { ListedMailing } from './mailing.rows.js';

export const toMailing = (mailing: ListedMailing): MailingList => ({
  id: mailing.id,
  start_notification_date: mailing.startAt,
  end_notification_date: mailing.endAt,
  text: mailing.text,
  // Of one that has started or ended, as it was then: a tag may have been renamed or deleted since.
  tags: mailing.tagNames ?? mailing.tags.map(({ name }) => name),
  codes: mailing.codeNames ?? mailing.codes.map(({ code }) => code),
  send_window_start: toMinutes(mailing.sendWindowStart),
  send_window_end: toMinutes(mailing.sendWindowEnd),
  send_per_second: mailing.sendPerSecond ?? null,
  status: mailing.status,
});

/** `09:00:00` → `09:00` */
const toMinutes = (time: string | null | undefined) => time?.slice(0, 5) ?? null;
