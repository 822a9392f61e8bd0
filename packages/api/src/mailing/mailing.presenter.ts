import type { MailingList } from '@showroom/contract';
import type { Mailing as MailingRow } from '@showroom/database';

export const toMailing = (mailing: MailingRow): MailingList => ({
  id: mailing.id,
  start_notification_date: mailing.startAt,
  end_notification_date: mailing.endAt,
  text: mailing.text,
  tags: mailing.tags.map(({ name }) => name),
  codes: mailing.codes.map(({ code }) => code),
  status: mailing.status,
});
