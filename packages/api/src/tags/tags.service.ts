import type { Paging, Tag } from '@showroom/contract';
import { brokenConstraint, type Tag as TagRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, unlessTaken } from '../rows.js';

const constraint = 'tags_name_unique';
const inUse = 'clients_tag_id_fkey';

export const listTags = ({ database }: Deps, paging: Paging): Promise<PageOfRows<TagRow>> =>
  readPage(paging, {
    count: () => database.tags.count(),
    rows: (part) => database.tags.findAll({ ...part, order: ['id'] }),
  });

export const createTag = ({ database }: Deps, { name }: Pick<Tag, 'name'>): Promise<TagRow> =>
  unlessTaken(database.tags.create({ name }), constraint, 'name', 'tag');

export const readTag = ({ database }: Deps, { id }: Pick<Tag, 'id'>): Promise<TagRow> =>
  found(database.tags.findByPk(id), 'tag.not_found');

export async function changeTag(deps: Deps, { id, ...change }: Pick<Tag, 'id'> & Partial<Tag>): Promise<TagRow> {
  const tag = await readTag(deps, { id });
  return unlessTaken(tag.update(change), constraint, 'name', 'tag');
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
