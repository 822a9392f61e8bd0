import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { query } from './kit/procedure.js';
import { Id, integer, timestamp } from './kit/scalars.js';

/**
 * `pending → sent | failed | expired | canceled | unknown`. `failed`: the provider refused it. `expired`: the
 * end came first. `canceled`: the client was deleted. `unknown`: asked, but no answer told what became of it.
 */
export const messageStatuses = ['pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'] as const;
export const MessageStatus = z.enum(messageStatuses).meta({ title: 'Status' });
export type MessageStatus = z.infer<typeof MessageStatus>;

/** One mailing to one client, and what became of it. Its id is what the provider is asked with. */
export const Message = z
  .object({
    id: Id,
    send_date: timestamp('Send date').nullable(),
    status: MessageStatus,
    mailing_list: integer('Mailing list'),
    client: integer('Client'),
  })
  .meta({ id: 'Message', override: { required: ['status', 'mailing_list', 'client'] } });
export type Message = z.infer<typeof Message>;

const MessageFilter = Paging.extend({
  mailing_list: integer().meta({ description: 'The id of a mailing.' }).optional(),
  client: integer().meta({ description: 'The id of a client, which may have been deleted since.' }).optional(),
  status: MessageStatus.optional(),
});

export const messages = {
  list: query('messages_list', '/messages/', {
    summary: 'List messages, by mailing, client or status if you like',
    needs: 'view_message',
    input: MessageFilter,
    output: pageOf(Message),
  }),
};
