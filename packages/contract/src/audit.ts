import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { query } from './kit/procedure.js';
import { Id, integer, nameToFind, timestamp } from './kit/scalars.js';

/** `refuse`: somebody tried what they may not, or with a wrong password; nothing was changed. */
export const auditActions = ['create', 'update', 'delete', 'login', 'logout', 'refuse'] as const;
export const AuditAction = z.enum(auditActions).meta({ title: 'Action' });
export type AuditAction = z.infer<typeof AuditAction>;

const values = (description: string) => z.record(z.string(), z.unknown()).nullable().meta({ description });

/** Who did what, and when: written together with the change itself, and never changed. */
export const AuditEntry = z
  .object({
    id: Id,
    at: timestamp('At'),
    action: AuditAction,
    user: z
      .string()
      .meta({ description: 'The username at that time; for a refused sign-in, the username that was tried.' }),
    user_id: integer('User').nullable().meta({
      description:
        'The id of the user, which stays when the name changes. Null for entries by the server, for tried names that nobody has, and for entries older than this field.',
    }),
    token: integer('Token').nullable().meta({ description: 'The id of the token, if the caller used one.' }),
    address: z.string().meta({ description: 'The network address that the request came from.' }),
    operation: z.string().meta({ description: 'The operationId of the call.' }),
    resource: z.string().meta({ description: 'The resource of the row: `tags`, `mailing`.' }),
    row: z.string().nullable().meta({ description: 'The id of the row.' }),
    old: values('The deleted row, or the changed fields before the change.'),
    new: values('What was created, or the changed fields as they are since.'),
    reason: z.string().nullable().meta({ description: 'The error code of the refusal.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

const AuditFilter = Paging.extend({
  user: nameToFind('A username.').optional(),
  user_id: integer().meta({ description: 'The id of a user, whatever the username was at the time.' }).optional(),
  action: AuditAction.optional(),
  resource: nameToFind('A kind of row: `tags`, `mailing`.').optional(),
  row: nameToFind('The id of a row; only useful together with `resource`.').optional(),
  since: timestamp().meta({ description: 'Only entries at or after this time.' }).optional(),
  until: timestamp().meta({ description: 'Only entries before this time.' }).optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const audit = {
  list: query('audit_list', '/audit/', {
    summary: 'List audit entries, the latest first',
    needs: 'view_audit',
    input: AuditFilter,
    output: pageOf(AuditEntry),
  }),
};
