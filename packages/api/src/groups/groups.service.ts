import type { CustomIssue, Group, NewGroup, Paging } from '@showroom/contract';
import type { Database, Group as Row } from '@showroom/database';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';
import { judgeRelated, type Related, withRelated, writeRelated } from '../related.js';
import { found, taken, unlessRefused } from '../rows.js';

type Ref = Pick<Group, 'id'>;
export type GroupRow = Related<Row, 'permissions'>;

const relationsOf = ({ groupPermissions }: Database) => ({ permissions: groupPermissions });

export const listGroups = ({ database }: Deps, paging: Paging): Promise<PageOfRows<GroupRow>> =>
  readPage(paging, {
    count: () => database.groups.count(),
    rows: async (part) => withRelated(relationsOf(database), await database.groups.findAll({ ...part, order: ['id'] })),
  });

/** What only the database can tell is wrong with a group: that its name is another's, that a permission is none. */
export async function judgeGroup({ database }: Deps, group: Partial<Group>): Promise<CustomIssue[]> {
  const { id, name } = group;
  const holder = name === undefined ? null : await database.groups.findOne({ where: { name } });
  return [
    ...(holder && holder.id !== id ? [taken('name', 'group')] : []),
    ...(await judgeRelated(relationsOf(database), group)),
  ];
}

export function createGroup(deps: Deps, group: NewGroup): Promise<GroupRow> {
  const { database } = deps;
  const { name, permissions } = group;
  const write = database.transaction(async (transaction) => {
    const row = await database.groups.create({ name }, { transaction });
    return writeRelated(relationsOf(database), row, { permissions }, transaction);
  });
  return unlessRefused(write, () => judgeGroup(deps, group));
}

export async function readGroup({ database }: Deps, { id }: Ref): Promise<GroupRow> {
  const group = await found(database.groups.findByPk(id), 'group.not_found');
  const [related] = await withRelated(relationsOf(database), [group]);
  return related!;
}

/** The group's row is locked first, so that two changes at once do not mix their permissions. */
export function changeGroup(deps: Deps, change: Ref & Partial<NewGroup>): Promise<GroupRow> {
  const { database } = deps;
  const { id, permissions, ...columns } = change;
  const write = database.transaction(async (transaction) => {
    const lock = { transaction, lock: transaction.LOCK.UPDATE };
    const group = await found(database.groups.findByPk(id, lock), 'group.not_found');
    await group.update(columns, { transaction });
    return writeRelated(relationsOf(database), group, { permissions }, transaction);
  });
  return unlessRefused(write, () => judgeGroup(deps, change));
}

/** Its users stay; their membership goes with the group. */
export async function deleteGroup({ database }: Deps, { id }: Ref): Promise<void> {
  const group = await found(database.groups.findByPk(id), 'group.not_found');
  await group.destroy();
}
