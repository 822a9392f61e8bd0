import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, ids, sendable, text } from './kit/scalars.js';

/** Users who share permissions. */
export const Group = z
  .object({
    id: Id,
    name: text({ title: 'Name', max: 150 }),
    permissions: ids('The permissions that every user of this group has.'),
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof Group>;

export const GroupRef = z.object({ id: Id.meta({ description: 'A unique integer value identifying this group.' }) });

/** Permissions that are not given are none on create, and stay as they are on a change. */
export const NewGroup = Group.omit({ id: true }).extend({ permissions: sendable(Group.shape.permissions).optional() });
export type NewGroup = z.infer<typeof NewGroup>;

export const groups = {
  list: query('groups_list', '/groups/', {
    summary: 'List groups',
    needs: 'view_group',
    input: Paging,
    output: pageOf(Group),
  }),
  create: mutation('groups_create', 'POST', '/groups/', {
    summary: 'Create a group',
    needs: 'add_group',
    input: NewGroup,
    body: 'Group',
    output: Group,
  }),
  read: query('groups_read', '/groups/{id}/', {
    summary: 'Read a group',
    needs: 'view_group',
    input: GroupRef,
    output: Group,
  }),
  update: mutation('groups_update', 'PUT', '/groups/{id}/', {
    summary: 'Change a group',
    needs: 'change_group',
    input: GroupRef.extend(NewGroup.shape),
    body: 'Group',
    output: Group,
  }),
  partialUpdate: mutation('groups_partial_update', 'PATCH', '/groups/{id}/', {
    summary: 'Change some fields of a group',
    needs: 'change_group',
    input: GroupRef.extend(NewGroup.partial().shape),
    body: 'Group',
    output: Group,
  }),
  delete: mutation('groups_delete', 'DELETE', '/groups/{id}/', {
    summary: 'Delete a group; its users stay',
    needs: 'delete_group',
    input: GroupRef,
    output: z.void(),
  }),
};
