import { z } from 'zod';
import { ImportOptions, ImportReport, importTypes } from './clients-import.js';
import type { CustomIssue } from './kit/issues.js';
import { Paging, pageOf } from './kit/page.js';
import { phoneNumberIssue } from './kit/phone-number.js';
import { mutation, query } from './kit/procedure.js';
import { Id, integer, nameToFind, stored, takenAsWritten, text } from './kit/scalars.js';
import { spellTimezone, timezoneIssue } from './kit/timezone.js';

const numberText = text({ title: 'Phone number', max: 11 });
// Names are stored as they were given, and not as the zones that they are links to; only their letter case is the list's.
const timezoneText = text({ title: 'Timezone', max: 50 }).overwrite(spellTimezone);

// What is refused as a text already is not judged further: one reason is enough, and the one consumers have always had.
const PhoneNumber = numberText.check(({ value, issues }) => {
  const found = issues.length > 0 ? null : phoneNumberIssue(value);
  if (found) issues.push({ ...found, input: value });
});

const Timezone = timezoneText.check(({ value, issues }) => {
  const found = issues.length > 0 ? null : timezoneIssue(value);
  if (found) issues.push({ ...found, input: value });
});

const references = { mobile_operator_code: integer('Код оператора'), tag: integer('Тег') };

/**
 * A person who can be reached: phone number, time zone, one mobile operator code, one tag. What is read may be older than
 * the rules for numbers and time zones, and is shown as it is.
 */
export const Client = z
  .object({
    id: Id,
    phone_number: stored({ title: 'Phone number', max: 11 }),
    timezone: stored({ title: 'Timezone', max: 50 }),
    ...references,
  })
  .meta({ id: 'Client' });
export type Client = z.infer<typeof Client>;

export const ClientRef = z.object({ id: Id.meta({ description: 'A unique integer value identifying this client.' }) });
export const NewClient = z.object({ phone_number: PhoneNumber, timezone: Timezone, ...references });
export type NewClient = z.infer<typeof NewClient>;

/** What a change may say: a number or a time zone that breaks the rules may be repeated, if the client has it already. */
const ChangedClient = z.object({ phone_number: numberText, timezone: timezoneText, ...references });

/**
 * Tells what breaks the rules in a change of a client, beside what its texts are refused for.
 *
 * @param now what the client has, which may be repeated
 */
export function changedClientIssues(change: Partial<NewClient>, now: Partial<NewClient>): CustomIssue[] {
  const rules = { phone_number: phoneNumberIssue, timezone: timezoneIssue };
  return (['phone_number', 'timezone'] as const).flatMap((field) => {
    const value = change[field];
    if (value === undefined || value === now[field]) return [];
    return rules[field](value, [field]) ?? [];
  });
}

/** Digits find also the numbers that are older than the rule. A `+` would find nobody, and is a blank in an address. */
const numberToFind = nameToFind('Exactly this phone number, in digits; several clients may have it.')
  .check(({ value, issues }) => {
    const found = issues.length > 0 ? null : phoneNumberIssue(value);
    if (found?.params.reason !== 'not_digits') return;
    const hint = value.startsWith(' ') ? ' In an address, "+" stands for a blank.' : '';
    issues.push({ ...found, message: `${found.message}${hint}`, input: value });
  })
  .register(takenAsWritten, {});

const ClientFilter = Paging.extend({
  phone_number: numberToFind.optional(),
  mobile_operator_code: integer().meta({ description: 'The id of a mobile operator code.' }).optional(),
  tag: integer().meta({ description: 'The id of a tag.' }).optional(),
});
export type ClientFilter = z.infer<typeof ClientFilter>;

export const clients = {
  list: query('clients_list', '/clients/', {
    summary: 'List clients, optionally by phone number, mobile operator code or tag',
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
    conflicts: ['import.busy', 'import.no_space'],
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
    input: ClientRef.extend(ChangedClient.shape),
    body: 'Client',
    output: Client,
  }),
  partialUpdate: mutation('clients_partial_update', 'PATCH', '/clients/{id}/', {
    summary: 'Change some fields of a client',
    needs: 'change_client',
    input: ClientRef.extend(ChangedClient.partial().shape),
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
