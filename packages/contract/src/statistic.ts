import { z } from 'zod';
import { largestPageSize, Paging } from './kit/page.js';
import { query } from './kit/procedure.js';
import { Id, integer, text, timestamp } from './kit/scalars.js';
import { MailingStatus } from './mailing.js';

/** Messages by status; `total` is their sum. */
export const MessageCounts = z
  .object({
    total: integer(),
    pending: integer(),
    sent: integer(),
    failed: integer(),
    expired: integer(),
    canceled: integer(),
    unknown: integer(),
  })
  .meta({ id: 'MessageCounts' });
export type MessageCounts = z.infer<typeof MessageCounts>;

/** What keeps every mailing from going on, whatever its own status says. */
export const SendingStopped = z.boolean().meta({ description: 'Whether all sending is stopped: see `/sending/`.' });

/** One mailing and what became of its messages. */
export const MailingStatistic = z
  .object({
    id: Id,
    status: MailingStatus,
    start_notification_date: timestamp(),
    end_notification_date: timestamp(),
    text: text({ title: 'Text', max: 500 }),
    messages: MessageCounts,
  })
  .meta({ id: 'MailingStatistic' });
export type MailingStatistic = z.infer<typeof MailingStatistic>;

export const Statistic = z
  .object({
    mailings: integer(),
    clients: integer(),
    messages: MessageCounts,
    sending_stopped: SendingStopped,
    results: z.array(MailingStatistic),
  })
  .meta({ id: 'Statistic' });
export type Statistic = z.infer<typeof Statistic>;

/** By the tags and codes at the mailing's start. Clients deleted before these were kept are counted under `null`. */
export const MailingStatisticDetail = MailingStatistic.extend({
  sending_stopped: SendingStopped,
  by_tag: z.array(z.object({ name: z.string().nullable(), messages: MessageCounts })),
  by_code: z.array(z.object({ code: z.string().nullable(), messages: MessageCounts })),
  first_sent: timestamp().nullable(),
  last_sent: timestamp().nullable(),
  per_minute: z.array(z.object({ minute: timestamp(), sent: integer() })),
}).meta({ id: 'MailingStatisticDetail' });
export type MailingStatisticDetail = z.infer<typeof MailingStatisticDetail>;

/** The id of a mailing; the document has always shown it as the string that stands in the path. */
const StatisticRef = z.object({
  id: Id.meta({ override: { type: 'string', minimum: undefined, maximum: undefined, exclusiveMinimum: undefined } }),
});

export const statistic = {
  list: query('statistic_list', '/statistic/', {
    summary: 'Count mailings, clients and messages by status, in total and for each mailing',
    needs: 'view_statistic',
    alsoAs: ['pdf'],
    defaultLimit: largestPageSize,
    input: Paging,
    output: Statistic,
  }),
  read: query('statistic_read', '/statistic/{id}/', {
    summary: 'Count the messages of one mailing by status, tag, code and minute',
    needs: 'view_statistic',
    alsoAs: ['pdf'],
    input: StatisticRef,
    output: MailingStatisticDetail,
  }),
};
