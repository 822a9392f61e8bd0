import type { CustomIssue, Tag, TagFilter } from '@showroom/contract';
import { partOf, type RowOf, type Tag as TagRow, type Transaction } from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { tellUses } from '../mailing/mailing.uses.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked, taken, unlessRefused } from '../rows.js';
import { toTag } from './tags.presenter.js';

export function listTags({ database }: Deps, { name, ...paging }: TagFilter): Promise<PageOfRows<RowOf<TagRow>>> {
  const where = name === undefined ? {} : { name };
  return readPage(paging, {
    count: () => database.tags.count({ where }),
    rows: (part) => database.tags.findAll({ ...partOf(part, where), raw: true }),
    idOf: ({ id }) => id,
  });
}

/** What only the database can tell is wrong with a tag. */
export async function judgeTag({ database }: Deps, { id, name }: Partial<Tag>): Promise<CustomIssue[]> {
  const holder = name === undefined ? null : await database.tags.findOne({ where: { name } });
  return holder && holder.id !== id ? [taken('name', 'tag')] : [];
}

export const createTag = (call: Call, tag: Pick<Tag, 'name'>): Promise<TagRow> =>
  unlessRefused(
    creating(call, toTag, (transaction) => call.deps.database.tags.create({ name: tag.name }, { transaction })),
    () => judgeTag(call.deps, tag),
  );

export const readTag = ({ database }: Deps, { id }: Pick<Tag, 'id'>): Promise<TagRow> =>
  found(database.tags.findByPk(id), 'tag.not_found');

const findTag =
  ({ deps }: Call, id: number) =>
  (transaction: Transaction): Promise<TagRow> =>
    found(deps.database.tags.findByPk(id, locked(transaction)), 'tag.not_found');

export const changeTag = (call: Call, { id, ...change }: Pick<Tag, 'id'> & Partial<Tag>): Promise<TagRow> =>
  unlessRefused(
    changing(call, toTag, findTag(call, id), (tag, transaction) => tag.update(change, { transaction })),
    () => judgeTag(call.deps, { id, ...change }),
  );

/**
 * A tag that clients use, or that a mailing which has not ended names, stays. Deleting it would take its place in
 * every filter.
 */
export const deleteTag = (call: Call, { id }: Pick<Tag, 'id'>): Promise<void> =>
  deleting<TagRow>(call, toTag, async (transaction) => {
    const tag = await findTag(call, id)(transaction);
    const uses = await tellUses(call.deps, { kind: 'tag', id, what: 'tag' }, transaction);
    if (uses !== null) throw new ApiError('tag.in_use', uses);
    return tag;
  });
