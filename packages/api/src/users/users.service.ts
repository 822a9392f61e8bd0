import type { CustomIssue, NewUser, Paging, User } from '@showroom/contract';
import { type Database, partOf, type User as Row, type RowOf, type Transaction } from '@showroom/database';
import { networkOf } from '../access/address.js';
import { forgetAddresses } from '../access/known-addresses.js';
import { judgePassword } from '../access/minimal-password.js';
import { hashPassword } from '../access/password.js';
import { endSessionsOf } from '../access/sessions.js';
import { storedUsername } from '../access/username.js';
import { creating } from '../audit/changing.js';
import { record } from '../audit/record.js';
import type { Call, Deps } from '../context.js';
import { ApiError, RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { judgeRelated, type Related, withRelated, writeRelated } from '../related.js';
import { found, locked, unlessRefused } from '../rows.js';
import { judgeName, lockNames, withStoredName } from './new-names.js';
import { toUser, toUserColumns } from './users.presenter.js';
import { refuseChange, refuseCreation, refuseToTouch } from './users.rules.js';

type Ref = { username: string } | { id: number };
/** A change, and whose it is: so that one may keep the username that one has. */
type Change = { user?: string } & Partial<NewUser>;
type Ids = Pick<User, 'groups' | 'user_permissions'>;
export type UserRow = Related<Row, keyof Ids>;
/** A user as lists show it: what its row holds. */
export type ListedUser = Related<RowOf<Row>, keyof Ids>;

const relationsOf = ({ userGroups, userPermissions }: Database) => ({
  groups: userGroups,
  user_permissions: userPermissions,
});

export const listUsers = ({ database }: Deps, paging: Paging): Promise<PageOfRows<ListedUser>> =>
  readPage(paging, {
    count: () => database.users.count(),
    rows: async (part) =>
      withRelated<RowOf<Row>, keyof Ids>(
        relationsOf(database),
        await database.users.findAll({ ...partOf(part), raw: true }),
      ),
    idOf: ({ row }) => row.id,
  });

/**
 * What no schema can tell is wrong with a user: that the username is another's or looks like one, that a group or
 * permission is none, that the password is shorter than this server takes.
 */
export async function judgeUser({ database, settings }: Deps, user: Partial<Change>): Promise<CustomIssue[]> {
  const { username } = user;
  const current = user.user === undefined ? undefined : await storedUsername(database, user.user);
  return [
    ...(username === undefined ? [] : await judgeName(database, username, current)),
    ...judgePassword(settings, user),
    ...(await judgeRelated(relationsOf(database), user)),
  ];
}

/**
 * Judges a new user whom a schema has refused already: after what the caller may not give, of which nothing is looked up.
 *
 * @throws ApiError auth.rights
 */
export async function judgeNewUser(deps: Deps, user: Partial<NewUser>, call: Call): Promise<CustomIssue[]> {
  await refuseCreation(call, user);
  return judgeUser(deps, user);
}

/** The same of a change. Where it is not even clear whose it is, nothing is looked up. */
export async function judgeUserChange(deps: Deps, change: Change, call: Call): Promise<CustomIssue[]> {
  const { user: username, ...fields } = change;
  if (username === undefined) return [];
  await refuseForbidden(call, { username }, fields);
  return judgeUser(deps, change);
}

/**
 * Refuses what the caller may not change before anything else is looked up: whether a name is taken or a group is there is
 * nothing that a refused caller is told.
 *
 * @throws ApiError auth.rights, auth.forbidden, user.not_found
 */
async function refuseForbidden(call: Call, ref: Ref, change: Partial<NewUser>): Promise<void> {
  const user = toUser(await readUser(call.deps, ref));
  await refuseChange(call, user, withStoredName(change, user.username));
}

/** Before any password is hashed; together with whatever else is wrong. */
async function refuseShortPassword(deps: Deps, user: Partial<Change>): Promise<void> {
  if (judgePassword(deps.settings, user).length > 0) throw new RefusedValues(await judgeUser(deps, user));
}

export async function createUser(call: Call, user: NewUser): Promise<UserRow> {
  const { deps } = call;
  await refuseCreation(call, user);
  await refuseShortPassword(deps, user);
  const columns = await toColumns(withStoredName(user));
  const write = creating(call, toUser, async (transaction) => {
    await refuseCreation(call, user, transaction);
    await refuseName(deps.database, user, undefined, transaction);
    const row = await deps.database.users.create(columns, { transaction });
    return writeRelated(relationsOf(deps.database), row, user, transaction);
  });
  return unlessRefused(write, () => judgeUser(deps, user));
}

/** Refuses a new name, and keeps others from taking one that looks like it until the transaction ends. */
async function refuseName(
  database: Database,
  { username }: Partial<NewUser>,
  current: string | undefined,
  transaction: Transaction,
): Promise<void> {
  if (username === undefined || username === current) return;
  await lockNames(database, transaction);
  const issues = await judgeName(database, username, current, transaction);
  if (issues.length > 0) throw new RefusedValues(issues);
}

export async function readUser({ database }: Deps, ref: Ref): Promise<UserRow> {
  const where = await toStoredRef(database, ref);
  const row = await found(database.users.findOne({ where }), 'user.not_found');
  const [user] = await withRelated(relationsOf(database), [row]);
  return user!;
}

/**
 * The user's row is locked first, so that two changes at once do not mix their groups. Whoever loses their password or
 * their access loses their sessions with it, but for the one in which it was changed.
 */
export async function changeUser(call: Call, ref: Ref, change: Partial<NewUser>): Promise<UserRow> {
  const { deps } = call;
  const { database } = deps;
  await refuseForbidden(call, ref, change);
  const judged = 'username' in ref ? { ...change, user: ref.username } : change;
  await refuseShortPassword(deps, judged);
  const columns = await toColumns(change);
  const write = database.transaction(async (transaction) => {
    const before = await findUser(database, ref, transaction);
    const old = toUser(before);
    const { username } = withStoredName(change, old.username);
    await refuseChange(call, old, { ...change, username }, transaction);
    await refuseName(database, { username }, old.username, transaction);
    await before.row.update({ ...columns, ...(username !== undefined && { username }) }, { transaction });
    await keepSuperuser(database, transaction);
    if (change.password !== undefined || change.is_active === false) {
      await endSessionsOf(database, old.id, call.caller.sessionId, transaction);
      await forgetAddresses(database, { userId: old.id, kept: networkToKeep(call, old.id, change) }, transaction);
    }
    const after = await writeRelated(relationsOf(database), before.row, change, transaction);
    const password = change.password !== undefined && { password: 'changed' };
    await record(call, transaction, { resource: 'users', row: old.id, old, new: { ...toUser(after), ...password } });
    return after;
  });
  return unlessRefused(write, () => judgeUser(deps, judged));
}

/** Owners who change their own password, perhaps because somebody guesses it, sign in with the new one where they are. */
function networkToKeep({ caller, entrance }: Call, userId: number, change: Partial<NewUser>): string | null {
  return caller.id === userId && change.is_active !== false ? networkOf(entrance.address) : null;
}

/** Memberships, permissions, sessions and tokens go with the user. */
export async function deleteUser(call: Call, ref: Ref): Promise<void> {
  const { database } = call.deps;
  await database.transaction(async (transaction) => {
    const user = await findUser(database, ref, transaction);
    const old = toUser(user);
    await refuseToTouch(call, old, transaction);
    await user.row.destroy({ transaction });
    await keepSuperuser(database, transaction);
    await record(call, transaction, { row: old.id, old });
  });
}

const toStoredRef = async (database: Database, ref: Ref): Promise<Ref> =>
  'username' in ref ? { username: await storedUsername(database, ref.username) } : ref;

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

/** Finds and locks a user, after the superusers. */
async function findUser(database: Database, ref: Ref, transaction: Transaction): Promise<UserRow> {
  const where = await toStoredRef(database, ref);
  await lockSuperusers(database, transaction);
  const row = await found(database.users.findOne({ where, ...locked(transaction) }), 'user.not_found');
  const [user] = await withRelated(relationsOf(database), [row], transaction);
  return user!;
}

/** Before any transaction: hashing a password is meant to take long. */
async function toColumns(user: Partial<NewUser>) {
  const password = user.password === undefined ? {} : { password: await hashPassword(user.password) };
  return { ...toUserColumns(user), ...password };
}
