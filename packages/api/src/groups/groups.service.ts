import type { CustomIssue, Group, NewGroup, Paging } from '@showroom/contract';
import { type Database, partOf, type Group as Row, type Transaction } from '@showroom/database';
import { added, refuseToGive, refuseToTouchGroup } from '../access/delegation.js';
import { refuseOwnersGroup } from '../access/owner.js';
import { changing, creating } from '../audit/changing.js';
import { record } from '../audit/record.js';
import type { Call, Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';
import { judgeRelated, type Related, withRelated, writeRelated } from '../related.js';
import { found, locked, taken, unlessRefused } from '../rows.js';
import { toGroup } from './groups.presenter.js';

type Ref = Pick<Group, 'id'>;
export type GroupRow = Related<Row, 'permissions'>;

const relationsOf = ({ groupPermissions }: Database) => ({ permissions: groupPermissions });

export const listGroups = ({ database }: Deps, paging: Paging): Promise<PageOfRows<GroupRow>> =>
  readPage(paging, {
    count: () => database.groups.count(),
    rows: async (part) => withRelated(relationsOf(database), await database.groups.findAll(partOf(part))),
    idOf: ({ row }) => row.id,
  });

/** What only the database can tell is wrong with a group: that its name is another's, that a permission is none. */
async function judgeGroup({ database }: Deps, group: Partial<Group>): Promise<CustomIssue[]> {
  const { id, name } = group;
  const holder = name === undefined ? null : await database.groups.findOne({ where: { name } });
  return [
    ...(holder && holder.id !== id ? [taken('name', 'group')] : []),
    ...(await judgeRelated(relationsOf(database), group)),
  ];
}

/** Judges a new group that a schema has refused already. @throws ApiError auth.rights */
export async function judgeNewGroup(deps: Deps, group: Partial<NewGroup>, call: Call): Promise<CustomIssue[]> {
  await refuseToGive(call, { permissions: group.permissions });
  return judgeGroup(deps, group);
}

/** The same of a change. Where it is not even clear of which group, nothing is looked up. */
export async function judgeGroupChange(deps: Deps, change: Partial<Group>, call: Call): Promise<CustomIssue[]> {
  const { id } = change;
  if (id === undefined) return [];
  await refuseChange(call, await readGroup(deps, { id }), change);
  return judgeGroup(deps, change);
}

/**
 * Nobody changes a group that may do more than they, nor gives it more than they have.
 *
 * @throws ApiError auth.rights; auth.forbidden for a token that would change what its owner may do
 */
async function refuseChange(
  call: Call,
  { row, ids }: GroupRow,
  { permissions }: Partial<NewGroup>,
  transaction?: Transaction,
): Promise<void> {
  await refuseToTouchGroup(call, ids.permissions, transaction);
  await refuseToGive(call, { permissions }, transaction);
  if (permissions && !isSame(permissions, ids.permissions)) await refuseOwnersGroup(call, row.id, transaction);
}

const isSame = (some: number[], others: number[]) =>
  added(some, others).length === 0 && added(others, some).length === 0;

export function createGroup(call: Call, group: NewGroup): Promise<GroupRow> {
  const { deps } = call;
  const { name, permissions } = group;
  const write = creating(call, toGroup, async (transaction) => {
    await refuseToGive(call, { permissions }, transaction);
    const row = await deps.database.groups.create({ name }, { transaction });
    return writeRelated(relationsOf(deps.database), row, { permissions }, transaction);
  });
  return unlessRefused(write, () => judgeGroup(deps, group));
}

export async function readGroup({ database }: Deps, { id }: Ref): Promise<GroupRow> {
  const group = await found(database.groups.findByPk(id), 'group.not_found');
  const [related] = await withRelated(relationsOf(database), [group]);
  return related!;
}

/** The group's row is locked first, so that two changes at once do not mix their permissions. */
export function changeGroup(call: Call, change: Ref & Partial<NewGroup>): Promise<GroupRow> {
  const { id, permissions, ...columns } = change;
  const write = changing(call, toGroup, findGroup(call, id), async (group, transaction) => {
    const { row } = group;
    await refuseChange(call, group, change, transaction);
    await row.update(columns, { transaction });
    return writeRelated(relationsOf(call.deps.database), row, { permissions }, transaction);
  });
  return unlessRefused(write, () => judgeGroup(call.deps, change));
}

/** Its users stay; their membership goes with the group. */
export const deleteGroup = (call: Call, { id }: Ref): Promise<void> =>
  call.deps.database.transaction(async (transaction) => {
    const group = await findGroup(call, id)(transaction);
    await refuseToTouchGroup(call, group.ids.permissions, transaction);
    await refuseOwnersGroup(call, id, transaction);
    await group.row.destroy({ transaction });
    await record(call, transaction, { row: id, old: toGroup(group) });
  });

const findGroup =
  ({ deps: { database } }: Call, id: number) =>
  async (transaction: Transaction): Promise<GroupRow> => {
    const row = await found(database.groups.findByPk(id, locked(transaction)), 'group.not_found');
    const [group] = await withRelated(relationsOf(database), [row], transaction);
    return group!;
  };
