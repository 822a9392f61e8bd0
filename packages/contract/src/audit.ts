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
    user: z.string().meta({ description: 'The username, as it was; of a refused sign-in, the one that was tried.' }),
    user_id: integer('User').nullable().meta({
      description:
        'The id of the user, which stays when the name changes. Null for entries by the server, for tried names that nobody has, and for entries older than this field.',
    }),
    token: integer('Token').nullable().meta({ description: 'The id of the token, if a program called.' }),
    address: z.string().meta({ description: 'The network address that the request came from.' }),
    operation: z.string().meta({ description: 'The operationId of what was called.' }),
    resource: z.string().meta({ description: 'What kind of row: `tags`, `mailing`.' }),
    row: z.string().nullable().meta({ description: 'The id of the row.' }),
    old: values('What was deleted, or the changed fields as they were.'),
    new: values('What was created, or the changed fields as they are since.'),
    reason: z.string().nullable().meta({ description: 'The code of the error that a refused caller was answered.' }),
  })
  .meta({ id: 'AuditEntry' });
export type AuditEntry = z.infer<typeof AuditEntry>;

const AuditFilter = Paging.extend({
  user: nameToFind('A username.').optional(),
  user_id: integer().meta({ description: 'The id of a user, by whatever name.' }).optional(),
  action: AuditAction.optional(),
  resource: nameToFind('A kind of row: `tags`, `mailing`.').optional(),
  row: nameToFind('The id of a row; only useful together with `resource`.').optional(),
  since: timestamp().meta({ description: 'Not before this moment.' }).optional(),
  until: timestamp().meta({ description: 'Before this moment.' }).optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

export const audit = {
  list: query('audit_list', '/audit/', {
    summary: 'List who did what and when, the latest first',
    needs: 'view_audit',
    input: AuditFilter,
    output: pageOf(AuditEntry),
  }),
};
