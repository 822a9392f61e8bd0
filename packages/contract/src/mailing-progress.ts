import { z } from 'zod';
import { query } from './kit/procedure.js';
import { Id } from './kit/scalars.js';
import { MailingStatus } from './mailing.js';
import { MessageCounts, SendingStopped } from './statistic.js';

/** How far a mailing is. */
export const MailingProgress = z.object({
  status: MailingStatus,
  messages: MessageCounts,
  sending_stopped: SendingStopped,
});
export type MailingProgress = z.infer<typeof MailingProgress>;

/**
 * What goes on for a while, over tRPC only (a subscription, by SSE): each answer is the whole state, and one that stands
 * already as the last one stood is not told again.
 */
export const streams = {
  mailing: {
    watch: query('mailing_watch', '/mailing/{id}/watch/', {
      summary: 'Watch the progress of a mailing until it ends',
      needs: 'view_statistic',
      input: z.object({ id: Id, lastEventId: z.string().max(200).optional() }),
      output: MailingProgress,
    }),
  },
};
