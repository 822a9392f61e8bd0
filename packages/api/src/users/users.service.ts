import { issue, type NewUser, type Paging } from '@showroom/contract';
import type { User as UserRow } from '@showroom/database';
import { hashPassword } from '../auth/password.js';
import type { Deps } from '../context.js';
import { RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, unlessTaken } from '../rows.js';
import { toUserColumns } from './users.presenter.js';

const constraint = 'users_username_unique';

export const listUsers = ({ database }: Deps, paging: Paging): Promise<PageOfRows<UserRow>> =>
  readPage(paging, {
    count: () => database.users.count(),
    rows: (part) => database.users.findAll({ ...part, order: ['id'] }),
  });

export async function createUser({ database }: Deps, user: NewUser): Promise<UserRow> {
  return unlessTaken(database.users.create(await toColumns(user)), constraint, 'username', 'user');
}

export const readUser = ({ database }: Deps, { username }: { username: string }): Promise<UserRow> =>
  found(database.users.findOne({ where: { username } }), 'user.not_found');

export async function changeUser(deps: Deps, { user: username, ...change }: { user: string } & Partial<NewUser>) {
  const user = await readUser(deps, { username });
  return unlessTaken(user.update(await toColumns(change)), constraint, 'username', 'user');
}

export async function deleteUser(deps: Deps, ref: { username: string }): Promise<void> {
  await (await readUser(deps, ref)).destroy();
}

async function toColumns(user: Partial<NewUser>) {
  refuseUnknownIds(user);
  const password = user.password === undefined ? {} : { password: await hashPassword(user.password) };
  return { ...toUserColumns(user), ...password };
}

/** There are no groups and no permissions to point at. */
function refuseUnknownIds(user: Partial<NewUser>): void {
  const issues = (['groups', 'user_permissions'] as const).flatMap((field) =>
    (user[field] ?? []).map((id, n) => issue('unknown_id', [field, n], `There is no row with the id ${id}.`, { id })),
  );
  if (issues.length > 0) throw new RefusedValues(issues);
}
