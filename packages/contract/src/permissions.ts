import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { query } from './kit/procedure.js';
import { Id, text } from './kit/scalars.js';

/** What may be done to the rows of one resource: add, change, delete or view them. They come with the service. */
export const Permission = z
  .object({ id: Id, codename: text({ title: 'Codename', max: 100 }), name: text({ title: 'Name', max: 255 }) })
  .meta({ id: 'Permission' });
export type Permission = z.infer<typeof Permission>;

export const permissions = {
  list: query('permissions_list', '/permissions/', {
    summary: 'List permissions',
    needs: 'view_permission',
    input: Paging,
    output: pageOf(Permission),
  }),
};
