import { z } from 'zod';
import type { ErrorCode } from './errors.js';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import {
  Id,
  integer,
  nameToFind,
  quantity,
  sendable,
  text,
  timeOfDay,
  timestamp,
  timestampOrNow,
} from './kit/scalars.js';
import { Explanation, MailingPreview } from './mailing-preview.js';
import { Resolution } from './messages.js';

/**
 * `scheduled → running → completed`; `expired` when the end came before everything was sent.
 * `paused` and `canceled` are an operator's doing.
 */
export const MailingStatus = z
  .enum(['scheduled', 'running', 'paused', 'completed', 'canceled', 'expired'])
  .meta({ title: 'Status', readOnly: true });
export type MailingStatus = z.infer<typeof MailingStatus>;

/** The names a filter is made of, each of a row that exists. An empty list does not restrict. */
const names = z.array(nameToFind().meta({ minLength: 1 }));

const startTitle = 'Дата начала рассылки';
const dates = {
  start_notification_date: timestamp(startTitle),
  end_notification_date: timestamp('Дата завершения рассылки'),
};
const MailingText = text({ title: 'Text', max: 500 });

/** When and how fast messages may be sent, between start and end. None of it is needed. */
const pace = {
  send_window_start: timeOfDay(
    'From this time of day on, in the time zone of each client. With an end before it, the window spans midnight.',
    '09:00',
  ).nullable(),
  send_window_end: timeOfDay('Until this time of day, in the time zone of each client.', '21:00').nullable(),
  send_per_second: quantity({
    ...{ min: 1, max: 100_000, example: 100 },
    description: 'The most messages a second that all workers together may send.',
  }).nullable(),
};
const optionalPace = z.object(pace).partial().shape;

/** One text to one audience between two moments, as lists and reads show it. */
export const MailingList = z
  .object({
    id: Id,
    ...dates,
    text: MailingText,
    tags: z.array(z.string()).meta({ readOnly: true }),
    codes: z.array(z.string()).meta({ readOnly: true }),
    ...pace,
    status: MailingStatus,
  })
  .meta({ id: 'MailingList', override: { required: ['start_notification_date', 'end_notification_date', 'text'] } });
export type MailingList = z.infer<typeof MailingList>;

/** The same mailing as create and update take and answer it. */
export const MailingListCreateUpdate = z
  .object({ id: Id, tags: names, codes: names, ...dates, text: MailingText, ...pace, status: MailingStatus })
  .meta({
    id: 'MailingListCreateUpdate',
    override: { required: ['tags', 'codes', 'start_notification_date', 'end_notification_date', 'text'] },
  });
export type MailingListCreateUpdate = z.infer<typeof MailingListCreateUpdate>;

export const MailingRef = z.object({
  id: Id.meta({ description: 'A unique integer value identifying this mailing list.' }),
});
export const NewMailing = MailingListCreateUpdate.omit({ id: true, status: true }).extend({
  ...optionalPace,
  tags: sendable(names),
  codes: sendable(names),
  start_notification_date: timestampOrNow(startTitle),
});
export type NewMailing = z.infer<typeof NewMailing>;

/** What was put back into a state before its end, and how the mailing stands now. */
export const Reopened = z
  .object({ messages: integer().meta({ description: 'How many messages were reopened.' }), mailing: MailingList })
  .meta({ id: 'Reopened' });
export type Reopened = z.infer<typeof Reopened>;

const MailingFilter = Paging.extend({
  tag: nameToFind('tag').optional(),
  code: nameToFind('code').optional(),
});

const conflicts: ErrorCode[] = ['mailing.started', 'mailing.ended'];

export const mailing = {
  list: query('mailing_list', '/mailing/', {
    summary: 'List mailings, optionally by the name of a tag or a code',
    needs: 'view_mailing',
    input: MailingFilter,
    output: pageOf(MailingList),
  }),
  create: mutation('mailing_create', 'POST', '/mailing/', {
    summary: 'Create a mailing, which starts by itself at its start',
    needs: 'add_mailing',
    input: NewMailing,
    body: 'MailingListCreateUpdate',
    takesKey: true,
    output: MailingListCreateUpdate,
  }),
  read: query('mailing_read', '/mailing/{id}/', {
    summary: 'Read a mailing',
    needs: 'view_mailing',
    input: MailingRef,
    output: MailingList,
  }),
  update: mutation('mailing_update', 'PUT', '/mailing/{id}/', {
    steers: true,
    summary: 'Change a mailing',
    needs: 'change_mailing',
    conflicts,
    input: MailingRef.extend(NewMailing.shape),
    body: 'MailingListCreateUpdate',
    output: MailingListCreateUpdate,
  }),
  partialUpdate: mutation('mailing_partial_update', 'PATCH', '/mailing/{id}/', {
    steers: true,
    summary: 'Change some fields of a mailing',
    needs: 'change_mailing',
    conflicts,
    input: MailingRef.extend(NewMailing.partial().shape),
    body: 'MailingListCreateUpdate',
    output: MailingListCreateUpdate,
  }),
  delete: mutation('mailing_delete', 'DELETE', '/mailing/{id}/', {
    summary: 'Delete a mailing with its messages; unsent messages are not sent',
    needs: 'delete_mailing',
    input: MailingRef,
    output: z.void(),
  }),
  pause: mutation('mailing_pause', 'POST', '/mailing/{id}/pause/', {
    steers: true,
    summary: 'Pause a mailing; no request starts later than one second after the answer',
    needs: 'change_mailing',
    status: 200,
    conflicts: ['mailing.ended'],
    input: MailingRef,
    output: MailingList,
  }),
  resume: mutation('mailing_resume', 'POST', '/mailing/{id}/resume/', {
    steers: true,
    summary: 'Resume a paused mailing',
    needs: 'change_mailing',
    status: 200,
    conflicts: ['mailing.ended'],
    input: MailingRef,
    output: MailingList,
  }),
  cancel: mutation('mailing_cancel', 'POST', '/mailing/{id}/cancel/', {
    steers: true,
    summary: 'Cancel a mailing for good; no request starts later than one second after the answer',
    needs: 'change_mailing',
    status: 200,
    conflicts: ['mailing.ended'],
    input: MailingRef,
    output: MailingList,
  }),
  retry: mutation('mailing_retry', 'POST', '/mailing/{id}/retry/', {
    summary: 'Retry the failed messages of a mailing, and only those, before its end',
    needs: 'change_mailing',
    status: 200,
    conflicts: ['mailing.purged', 'mailing.canceled', 'mailing.over'],
    input: MailingRef,
    output: Reopened,
  }),
  resolve: mutation('mailing_resolve', 'POST', '/mailing/{id}/resolve/', {
    summary: 'Resolve every unknown message of a mailing',
    needs: 'change_mailing',
    status: 200,
    conflicts: ['mailing.purged', 'mailing.canceled', 'mailing.over'],
    input: MailingRef.extend(Resolution.shape),
    output: Reopened,
  }),
  preview: query('mailing_preview', '/mailing/preview/', {
    method: 'POST',
    summary: 'Preview a mailing without creating it: audience, SMS parts and duration',
    needs: 'add_mailing',
    input: NewMailing,
    output: MailingPreview,
  }),
  previewStored: query('mailing_preview_stored', '/mailing/{id}/preview/', {
    summary: 'Preview a stored mailing: audience, SMS parts and the time that the rest takes',
    needs: 'view_mailing',
    input: MailingRef,
    output: MailingPreview,
  }),
  explain: query('mailing_explain', '/mailing/{id}/explain/', {
    summary: 'Explain whether a client is in the audience of a mailing, why, and what happened to the message',
    needs: 'view_message',
    input: MailingRef.extend({ client: Id.meta({ description: 'The id of a client.', readOnly: undefined }) }),
    output: Explanation,
  }),
};
