import { z } from 'zod';
import { ImportOptions, ImportReport, importTypes } from './clients-import.js';
import { issue } from './kit/issues.js';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, integer, nameToFind, text } from './kit/scalars.js';
import { isTimezone } from './kit/timezone.js';

// What is refused as a text already is not judged further: one reason is enough, and the one consumers have always had.
const PhoneNumber = text({ title: 'Phone number', max: 11 }).check(({ value, issues }) => {
  if (issues.length > 0 || /^[0-9]+$/.test(value)) return;
  issues.push({ ...issue('not_digits', [], 'Must consist of digits.'), input: value });
});

const Timezone = text({ title: 'Timezone', max: 50 }).check(({ value, issues }) => {
  if (issues.length > 0 || isTimezone(value)) return;
  const message = 'Must be an IANA time zone such as "Europe/Moscow", or an offset such as "+03:00".';
  issues.push({ ...issue('unknown_timezone', [], message), input: value });
});

/** A person who can be reached: phone number, time zone, one mobile operator code, one tag. */
export const Client = z
  .object({
    id: Id,
    phone_number: PhoneNumber,
    timezone: Timezone,
    mobile_operator_code: integer('Код оператора'),
    tag: integer('Тег'),
  })
  .meta({ id: 'Client' });
export type Client = z.infer<typeof Client>;

export const ClientRef = z.object({ id: Id.meta({ description: 'A unique integer value identifying this client.' }) });
export const NewClient = Client.omit({ id: true });
export type NewClient = z.infer<typeof NewClient>;

const ClientFilter = Paging.extend({
  phone_number: nameToFind('Exactly this phone number; several clients may have it.').optional(),
  mobile_operator_code: integer().meta({ description: 'The id of a mobile operator code.' }).optional(),
  tag: integer().meta({ description: 'The id of a tag.' }).optional(),
});
export type ClientFilter = z.infer<typeof ClientFilter>;

export const clients = {
  list: query('clients_list', '/clients/', {
    summary: 'List clients, by phone number, mobile operator code or tag if you like',
    needs: 'view_client',
    input: ClientFilter,
    output: pageOf(Client),
  }),
  create: mutation('clients_create', 'POST', '/clients/', {
    summary: 'Create a client',
    needs: 'add_client',
    input: NewClient,
    body: 'Client',
    takesKey: true,
    output: Client,
  }),
  /** Rows that are right go in, all in one transaction; a file that breaks off leaves nothing behind. */
  import: mutation('clients_import', 'POST', '/clients/import/', {
    summary: 'Import clients from a CSV or NDJSON file',
    needs: 'add_client',
    input: ImportOptions,
    takesFile: importTypes,
    takesKey: true,
    status: 200,
    output: ImportReport,
  }),
  read: query('clients_read', '/clients/{id}/', {
    summary: 'Read a client',
    needs: 'view_client',
    input: ClientRef,
    output: Client,
  }),
  update: mutation('clients_update', 'PUT', '/clients/{id}/', {
    summary: 'Change a client',
    needs: 'change_client',
    input: ClientRef.extend(NewClient.shape),
    body: 'Client',
    output: Client,
  }),
  partialUpdate: mutation('clients_partial_update', 'PATCH', '/clients/{id}/', {
    summary: 'Change some fields of a client',
    needs: 'change_client',
    input: ClientRef.extend(NewClient.partial().shape),
    body: 'Client',
    output: Client,
  }),
  delete: mutation('clients_delete', 'DELETE', '/clients/{id}/', {
    summary: 'Delete a client; the history of its messages stays',
    needs: 'delete_client',
    input: ClientRef,
    output: z.void(),
  }),
};
