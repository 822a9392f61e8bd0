import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { mutation, query } from './kit/procedure.js';
import { Id, nameToFind, text } from './kit/scalars.js';

/** A label on a client, by which a mailing picks its audience. */
export const Tag = z.object({ id: Id, name: text({ title: 'Тег', max: 50 }) }).meta({ id: 'Tag' });
export type Tag = z.infer<typeof Tag>;

export const TagRef = z.object({ id: Id.meta({ description: 'A unique integer value identifying this tag.' }) });
export const NewTag = Tag.omit({ id: true });

const TagFilter = Paging.extend({ name: nameToFind('Exactly this name.').optional() });
export type TagFilter = z.infer<typeof TagFilter>;

export const tags = {
  list: query('tags_list', '/tags/', {
    summary: 'List tags, optionally by name',
    needs: 'view_tag',
    input: TagFilter,
    output: pageOf(Tag),
  }),
  create: mutation('tags_create', 'POST', '/tags/', {
    summary: 'Create a tag',
    needs: 'add_tag',
    input: NewTag,
    body: 'Tag',
    output: Tag,
  }),
  read: query('tags_read', '/tags/{id}/', { summary: 'Read a tag', needs: 'view_tag', input: TagRef, output: Tag }),
  update: mutation('tags_update', 'PUT', '/tags/{id}/', {
    summary: 'Change a tag',
    needs: 'change_tag',
    input: TagRef.extend(NewTag.shape),
    body: 'Tag',
    output: Tag,
  }),
  partialUpdate: mutation('tags_partial_update', 'PATCH', '/tags/{id}/', {
    summary: 'Change some fields of a tag',
    needs: 'change_tag',
    input: TagRef.extend(NewTag.partial().shape),
    body: 'Tag',
    output: Tag,
  }),
  delete: mutation('tags_delete', 'DELETE', '/tags/{id}/', {
    summary: 'Delete a tag that no client and no open mailing uses',
    needs: 'delete_tag',
    conflicts: ['tag.in_use'],
    input: TagRef,
    output: z.void(),
  }),
};
