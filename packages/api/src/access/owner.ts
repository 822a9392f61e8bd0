import type { Transaction } from '@showroom/database';
import type { Call, Caller } from '../context.js';
import { ApiError } from '../errors.js';

/*
 * A token never changes its owner's account, neither by itself nor through another account. Otherwise whoever stole one
 * could set the owner's password, sign in with it, and make another token, which outlives the stolen one.
 */

const refusal = (what: string) =>
  new ApiError('auth.forbidden', `A token cannot ${what}. Sign in with the password.`, { needs: 'password' });

/** Whoever has one of these can set the owner's password, or delete the owner. */
const rightsOverAccounts = ['change_user', 'delete_user'];

/**
 * A token gives these to nobody, and does not touch who has them: it could be them, and change its owner's account after all.
 *
 * @param what whether the token is about to give these permissions, or to touch who or what has them
 * @throws ApiError auth.forbidden
 */
export function refuseRightsOverAccounts(
  { tokenId }: Caller,
  codenames: readonly string[],
  what: 'give' | 'touch_account' | 'touch_group',
): void {
  if (tokenId === null) return;
  const found = rightsOverAccounts.filter((codename) => codenames.includes(codename));
  if (found.length === 0) return;
  const names = found.join(' and ');
  if (what === 'give') throw refusal(`give ${names}`);
  throw refusal(`change or delete ${what === 'touch_group' ? 'a group' : 'an account'} that has ${names}`);
}

/** @throws ApiError auth.forbidden when a token is about to change or delete its owner's account */
export function refuseOwner({ tokenId, id }: Caller, userId: number): void {
  if (tokenId !== null && id === userId) throw refusal("change its owner's account");
}

/**
 * What a group may do, its members may do: a token leaves the groups of its owner as they are.
 *
 * @throws ApiError auth.forbidden when a token is about to change the permissions of such a group, or to delete it
 */
export async function refuseOwnersGroup(
  { deps, caller }: Call,
  groupId: number,
  transaction?: Transaction,
): Promise<void> {
  if (caller.tokenId === null) return;
  const membership = 'SELECT group_id FROM user_groups WHERE user_id = $1 AND group_id = $2';
  const rows = await deps.database.sql(membership, [caller.id, groupId], transaction);
  if (rows.length > 0) throw refusal('change a group that its owner belongs to');
}
