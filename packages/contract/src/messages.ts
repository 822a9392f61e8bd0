import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, integer, timestamp } from './kit/scalars.js';

/**
 * `pending → sent | failed | expired | canceled | unknown`. `failed`: the provider refused it. `expired`: the
 * end came first. `canceled`: the client was deleted, or has a bad number. `unknown`: asked, but no answer told what
 * became of it.
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

/**
 * Why an end is what it is. `refused` by the provider; `no_answer`, or `worker_died` before one was written down;
 * `end`: the mailing's end came first; `window`: the client's window opens at no time before the end; `client_deleted`;
 * `bad_number`: the client's phone number breaks the rule for numbers, and the provider was not asked;
 * `bad_timezone`: the mailing has a window, and the client's time zone is unknown;
 * `mailing_canceled`; `operator`: settled by hand.
 */
export const messageReasons = [
  'refused',
  'no_answer',
  'worker_died',
  'end',
  'window',
  'client_deleted',
  'bad_number',
  'bad_timezone',
  'mailing_canceled',
  'operator',
] as const;
export const MessageReason = z.enum(messageReasons);
export type MessageReason = z.infer<typeof MessageReason>;

/**
 * One thing that happened to a message. `accepted`, `refused`, `busy` and `unknown` are attempts; `worker_died` with the
 * message perhaps in its hands; `retried` and `settled` are an operator's doing.
 */
export const MessageEvent = z
  .object({
    at: timestamp(),
    event: z.enum([
      'expanded',
      'accepted',
      'refused',
      'busy',
      'unknown',
      'canceled',
      'expired',
      'worker_died',
      'retried',
      'settled',
    ]),
    attempt: integer().nullable().meta({ description: 'The number of the attempt, from 1.' }),
    http_status: integer().nullable().meta({ description: 'The HTTP status of the provider’s answer.' }),
    code: integer().nullable().meta({ description: 'The provider’s own code in its answer.' }),
    latency_ms: integer().nullable().meta({ description: 'How long the provider took to answer, in milliseconds.' }),
    detail: z.string(),
  })
  .meta({ id: 'MessageEvent' });
export type MessageEvent = z.infer<typeof MessageEvent>;

/** One message with all that happened to it: did this client get it, and if not, why? */
export const MessageTimeline = z
  .object({
    ...Message.shape,
    phone_number: z.string().nullable().meta({ description: 'The current number; null when the client was deleted.' }),
    reason: MessageReason.nullable(),
    explanation: z.string().meta({ description: 'The reason as a sentence.' }),
    due_at: timestamp().nullable().meta({ description: 'Time of the next attempt; null once the message is final.' }),
    events: z.array(MessageEvent),
  })
  .meta({ id: 'MessageTimeline' });
export type MessageTimeline = z.infer<typeof MessageTimeline>;

/** What an operator says became of an unknown message: it arrived, it did not, or it is to be sent again. */
export const Resolution = z.object({ as: z.enum(['retry', 'sent', 'failed']) }).meta({ id: 'Resolution' });
export type Resolution = z.infer<typeof Resolution>;

export const MessageRef = z.object({
  id: Id.meta({ description: 'A unique integer value identifying this message.' }),
});

const MessageFilter = Paging.extend({
  mailing_list: integer().meta({ description: 'The id of a mailing.' }).optional(),
  client: integer().meta({ description: 'The id of a client, which may have been deleted since.' }).optional(),
  status: MessageStatus.optional(),
});

export const messages = {
  list: query('messages_list', '/messages/', {
    summary: 'List messages, optionally by mailing, client or status',
    needs: 'view_message',
    input: MessageFilter,
    output: pageOf(Message),
  }),
  read: query('messages_read', '/messages/{id}/', {
    summary: 'Read the history of a message, attempt by attempt',
    needs: 'view_message',
    input: MessageRef,
    output: MessageTimeline,
  }),
  resolve: mutation('messages_resolve', 'POST', '/messages/{id}/resolve/', {
    summary: 'Resolve an unknown message',
    needs: 'change_message',
    status: 200,
    conflicts: ['message.settled', 'message.client_deleted', 'mailing.canceled', 'mailing.over'],
    input: MessageRef.extend(Resolution.shape),
    output: MessageTimeline,
  }),
};
