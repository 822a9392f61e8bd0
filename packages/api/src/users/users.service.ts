import type { CustomIssue, NewUser, Paging } from '@showroom/contract';
import type { Database, User as Row, Transaction } from '@showroom/database';
import { hashPassword } from '../auth/password.js';
import type { Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { judgeRelated, type Related, withRelated, writeRelated } from '../related.js';
import { found, taken, unlessRefused } from '../rows.js';
import { toUserColumns } from './users.presenter.js';

type Ref = { username: string };
type Change = { user: string } & Partial<NewUser>;
export type UserRow = Related<Row, 'groups' | 'user_permissions'>;

const relationsOf = ({ userGroups, userPermissions }: Database) => ({
  groups: userGroups,
  user_permissions: userPermissions,
});

export const listUsers = ({ database }: Deps, paging: Paging): Promise<PageOfRows<UserRow>> =>
  readPage(paging, {
    count: () => database.users.count(),
    rows: async (part) => withRelated(relationsOf(database), await database.users.findAll({ ...part, order: ['id'] })),
  });

/**
 * What only the database can tell is wrong with a user: that the username is another's, that a group or permission is
 * none.
 */
export async function judgeUser({ database }: Deps, user: Partial<Change>): Promise<CustomIssue[]> {
  const { username } = user;
  const isAnothers = username !== undefined && username !== user.user;
  const holders = isAnothers ? await database.users.count({ where: { username } }) : 0;
  return [...(holders > 0 ? [taken('username', 'user')] : []), ...(await judgeRelated(relationsOf(database), user))];
}

export async function createUser(deps: Deps, user: NewUser): Promise<UserRow> {
  const { database } = deps;
  const columns = await toColumns(user);
  const write = database.transaction(async (transaction) => {
    const row = await database.users.create(columns, { transaction });
    return writeRelated(relationsOf(database), row, user, transaction);
  });
  return unlessRefused(write, () => judgeUser(deps, user));
}

export async function readUser({ database }: Deps, ref: Ref): Promise<UserRow> {
  const [user] = await withRelated(relationsOf(database), [await findUser(database, ref)]);
  return user!;
}

/** The user's row is locked first, so that two changes at once do not mix their groups. */
export async function changeUser(deps: Deps, change: Change): Promise<UserRow> {
  const { database } = deps;
  const columns = await toColumns(change);
  const write = database.transaction(async (transaction) => {
    await lockSuperusers(database, transaction);
    const row = await findUser(database, { username: change.user }, transaction);
    await row.update(columns, { transaction });
    await keepSuperuser(database, transaction);
    return writeRelated(relationsOf(database), row, change, transaction);
  });
  return unlessRefused(write, () => judgeUser(deps, change));
}

/** Memberships and permissions go with the user. */
export async function deleteUser({ database }: Deps, ref: Ref): Promise<void> {
  await database.transaction(async (transaction) => {
    await lockSuperusers(database, transaction);
    await (await findUser(database, ref, transaction)).destroy({ transaction });
    await keepSuperuser(database, transaction);
  });
}

const activeSuperusers = { isSuperuser: true, isActive: true };

/** So that two superusers who demote each other at the same moment do not both succeed. */
async function lockSuperusers({ users }: Database, transaction: Transaction): Promise<void> {
  const lock = transaction.LOCK.UPDATE;
  await users.findAll({ attributes: ['id'], where: activeSuperusers, order: ['id'], transaction, lock });
}

/** Nobody could give rights any more when the last superuser was gone. */
async function keepSuperuser({ users }: Database, transaction: Transaction): Promise<void> {
  const left = await users.count({ where: activeSuperusers, transaction });
  if (left === 0) throw new ApiError('user.last_superuser');
}

/** In a transaction the row is locked until its end. */
const findUser = ({ users }: Database, { username }: Ref, transaction?: Transaction): Promise<Row> =>
  found(users.findOne({ where: { username }, transaction, lock: transaction?.LOCK.UPDATE }), 'user.not_found');

/** Before any transaction: hashing a password is meant to take long. */
async function toColumns(user: Partial<NewUser>) {
  const password = user.password === undefined ? {} : { password: await hashPassword(user.password) };
  return { ...toUserColumns(user), ...password };
}
