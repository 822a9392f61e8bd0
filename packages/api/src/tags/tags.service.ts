import type { CustomIssue, Paging, Tag } from '@showroom/contract';
import { brokenConstraint, type Tag as TagRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, taken, unlessRefused } from '../rows.js';

const inUse = 'clients_tag_id_fkey';

export const listTags = ({ database }: Deps, paging: Paging): Promise<PageOfRows<TagRow>> =>
  readPage(paging, {
    count: () => database.tags.count(),
    rows: (part) => database.tags.findAll({ ...part, order: ['id'] }),
  });

/** What only the database can tell is wrong with a tag. */
export async function judgeTag({ database }: Deps, { id, name }: Partial<Tag>): Promise<CustomIssue[]> {
  const holder = name === undefined ? null : await database.tags.findOne({ where: { name } });
  return holder && holder.id !== id ? [taken('name', 'tag')] : [];
}

export const createTag = (deps: Deps, tag: Pick<Tag, 'name'>): Promise<TagRow> =>
  unlessRefused(deps.database.tags.create({ name: tag.name }), () => judgeTag(deps, tag));

export const readTag = ({ database }: Deps, { id }: Pick<Tag, 'id'>): Promise<TagRow> =>
  found(database.tags.findByPk(id), 'tag.not_found');

export async function changeTag(deps: Deps, { id, ...change }: Pick<Tag, 'id'> & Partial<Tag>): Promise<TagRow> {
  const tag = await readTag(deps, { id });
  return unlessRefused(tag.update(change), () => judgeTag(deps, { id, ...change }));
}

/** A tag that clients use stays: deleting it would take their place in every filter. */
export async function deleteTag(deps: Deps, { id }: Pick<Tag, 'id'>): Promise<void> {
  const tag = await readTag(deps, { id });
  try {
    await tag.destroy();
  } catch (error) {
    if (brokenConstraint(error) !== inUse) throw error;
    const clients = await deps.database.clients.count({ where: { tagId: id } });
    throw new ApiError('tag.in_use', `${clients} ${clients === 1 ? 'client uses' : 'clients use'} this tag.`);
  }
}
