import { z } from 'zod';
import type { ErrorCode } from './errors.js';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, nameToFind, text, timestamp } from './kit/scalars.js';

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

const dates = {
  start_notification_date: timestamp('Дата начала рассылки'),
  end_notification_date: timestamp('Дата завершения рассылки'),
};
const MailingText = text({ title: 'Text', max: 500 });

/** One text to one audience between two moments, as lists and reads show it. */
export const MailingList = z
  .object({
    id: Id,
    ...dates,
    text: MailingText,
    tags: z.array(z.string()).meta({ readOnly: true }),
    codes: z.array(z.string()).meta({ readOnly: true }),
    status: MailingStatus,
  })
  .meta({ id: 'MailingList', override: { required: ['start_notification_date', 'end_notification_date', 'text'] } });
export type MailingList = z.infer<typeof MailingList>;

/** The same mailing as create and update take and answer it. */
export const MailingListCreateUpdate = z
  .object({ id: Id, tags: names, codes: names, ...dates, text: MailingText, status: MailingStatus })
  .meta({ id: 'MailingListCreateUpdate' });
export type MailingListCreateUpdate = z.infer<typeof MailingListCreateUpdate>;

export const MailingRef = z.object({
  id: Id.meta({ description: 'A unique integer value identifying this mailing list.' }),
});
export const NewMailing = MailingListCreateUpdate.omit({ id: true, status: true });
export type NewMailing = z.infer<typeof NewMailing>;

const MailingFilter = Paging.extend({
  tag: nameToFind('tag').optional(),
  code: nameToFind('code').optional(),
});

const conflicts: ErrorCode[] = ['mailing.started', 'mailing.ended'];

export const mailing = {
  list: query('mailing_list', '/mailing/', {
    summary: 'List mailings, by the name of a tag or a code if you like',
    needs: 'view_mailing',
    input: MailingFilter,
    output: pageOf(MailingList),
  }),
  create: mutation('mailing_create', 'POST', '/mailing/', {
    summary: 'Create a mailing; it starts by itself when its start comes',
    needs: 'add_mailing',
    input: NewMailing,
    body: 'MailingListCreateUpdate',
    output: MailingListCreateUpdate,
  }),
  read: query('mailing_read', '/mailing/{id}/', {
    summary: 'Read a mailing',
    needs: 'view_mailing',
    input: MailingRef,
    output: MailingList,
  }),
  update: mutation('mailing_update', 'PUT', '/mailing/{id}/', {
    summary: 'Change a mailing',
    needs: 'change_mailing',
    conflicts,
    input: MailingRef.extend(NewMailing.shape),
    body: 'MailingListCreateUpdate',
    output: MailingListCreateUpdate,
  }),
  partialUpdate: mutation('mailing_partial_update', 'PATCH', '/mailing/{id}/', {
    summary: 'Change some fields of a mailing',
    needs: 'change_mailing',
    conflicts,
    input: MailingRef.extend(NewMailing.partial().shape),
    body: 'MailingListCreateUpdate',
    output: MailingListCreateUpdate,
  }),
  delete: mutation('mailing_delete', 'DELETE', '/mailing/{id}/', {
    summary: 'Delete a mailing with its messages; what is unsent is not sent',
    needs: 'delete_mailing',
    input: MailingRef,
    output: z.void(),
  }),
};
