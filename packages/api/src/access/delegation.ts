import type { Transaction } from '@showroom/database';
import type { Call, Caller } from '../context.js';
import { ApiError } from '../errors.js';
import { refuseRightsOverAccounts } from './owner.js';
import { codenamesOf } from './rights.js';

/*
 * Rights come from above. Whoever administers users, groups and tokens without being a superuser can hand on what they
 * have themselves, and no more: otherwise the permission to change users would be the permission to do everything. And
 * they cannot touch who or what has more than they: whoever sets a password can be that user.
 */

/** What giving rights means: ids of permissions, of groups with theirs, or codenames. */
interface Given {
  readonly permissions?: number[];
  readonly groups?: number[];
}

/**
 * @throws ApiError auth.rights when these give something that the caller does not have; auth.forbidden for what a token
 *   gives to nobody
 */
export async function refuseToGive({ deps, caller }: Call, given: Given, transaction?: Transaction): Promise<void> {
  if (caller.isSuperuser) return;
  const codenames = await codenamesOf(deps.database, given, transaction);
  refuseBeyond(caller, codenames);
  refuseRightsOverAccounts(caller, codenames, 'give');
}

/**
 * Nobody changes or deletes a group that may do more than they.
 *
 * @throws ApiError auth.rights; auth.forbidden for a token, where the group has rights over accounts
 */
export async function refuseToTouchGroup(
  { deps, caller }: Call,
  permissions: number[],
  transaction?: Transaction,
): Promise<void> {
  if (caller.isSuperuser) return;
  const codenames = await codenamesOf(deps.database, { permissions }, transaction);
  refuseBeyond(caller, codenames);
  refuseRightsOverAccounts(caller, codenames, 'touch_group');
}

/** @throws ApiError auth.rights when one of these codenames is none of the caller's */
export function refuseBeyond(caller: Caller, codenames: string[]): void {
  if (caller.isSuperuser) return;
  const beyond = codenames.filter((codename) => !caller.permissions.has(codename));
  if (beyond.length === 0) return;
  throw new ApiError(
    'auth.rights',
    `You do not have these permissions yourself: ${[...new Set(beyond)].sort().join(', ')}.`,
  );
}

/** Which ids are new in a list that is to replace another. */
export const added = (after: number[] | undefined, before: number[]): number[] =>
  (after ?? []).filter((id) => !before.includes(id));
