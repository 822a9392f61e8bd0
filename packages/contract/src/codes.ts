import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, nameToFind, text } from './kit/scalars.js';

/** A mobile operator code: the part of a phone number by which a mailing picks its audience. */
export const MobileOperatorCode = z
  .object({ id: Id, code: text({ title: 'Код оператора', max: 50 }) })
  .meta({ id: 'MobileOperatorCode' });
export type MobileOperatorCode = z.infer<typeof MobileOperatorCode>;

export const CodeRef = z.object({
  id: Id.meta({ description: 'A unique integer value identifying this mobile operator code.' }),
});
export const NewMobileOperatorCode = MobileOperatorCode.omit({ id: true });

const CodeFilter = Paging.extend({ code: nameToFind('Exactly this code.').optional() });
export type CodeFilter = z.infer<typeof CodeFilter>;

export const codes = {
  list: query('codes_list', '/codes/', {
    summary: 'List mobile operator codes, optionally by code',
    needs: 'view_code',
    input: CodeFilter,
    output: pageOf(MobileOperatorCode),
  }),
  create: mutation('codes_create', 'POST', '/codes/', {
    summary: 'Create a mobile operator code',
    needs: 'add_code',
    input: NewMobileOperatorCode,
    body: 'MobileOperatorCode',
    output: MobileOperatorCode,
  }),
  read: query('codes_read', '/codes/{id}/', {
    summary: 'Read a mobile operator code',
    needs: 'view_code',
    input: CodeRef,
    output: MobileOperatorCode,
  }),
  update: mutation('codes_update', 'PUT', '/codes/{id}/', {
    summary: 'Change a mobile operator code',
    needs: 'change_code',
    input: CodeRef.extend(NewMobileOperatorCode.shape),
    body: 'MobileOperatorCode',
    output: MobileOperatorCode,
  }),
  partialUpdate: mutation('codes_partial_update', 'PATCH', '/codes/{id}/', {
    summary: 'Change some fields of a mobile operator code',
    needs: 'change_code',
    input: CodeRef.extend(NewMobileOperatorCode.partial().shape),
    body: 'MobileOperatorCode',
    output: MobileOperatorCode,
  }),
  delete: mutation('codes_delete', 'DELETE', '/codes/{id}/', {
    summary: 'Delete a mobile operator code that no client and no open mailing uses',
    needs: 'delete_code',
    conflicts: ['code.in_use'],
    input: CodeRef,
    output: z.void(),
  }),
};
