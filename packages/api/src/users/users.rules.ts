import type { NewUser, User } from '@showroom/contract';
import type { Transaction } from '@showroom/database';
import { added, refuseBeyond, refuseToGive } from '../access/delegation.js';
import { rightsOf } from '../access/rights.js';
import type { Call, Caller } from '../context.js';
import { ApiError, forbidden } from '../errors.js';

/** What everybody may change of their own account. */
const ownFields = ['first_name', 'last_name', 'email', 'password'];

/** A user as they are shown, which is all that these rules look at. */
type Shown = User;

/**
 * Superusers may everything. Others may administer users who have no more rights than they, and hand on what they have.
 * Without the permission, one's own name, e-mail and password are left. A field that is sent as it was changes nothing,
 * so it is no matter.
 *
 * @throws ApiError auth.rights; auth.forbidden for another's account without the permission: the name that was asked for
 *   may have gone over to somebody else since the caller was let in
 */
export async function refuseChange(
  call: Call,
  user: Shown,
  change: Partial<NewUser>,
  transaction: Transaction,
): Promise<void> {
  const { caller } = call;
  if (caller.isSuperuser) return;
  const isOwn = isSelf(caller, user);
  const mayChangeOthers = caller.permissions.has('change_user');
  if (!isOwn && !mayChangeOthers) throw forbidden('change_user');
  if (!isOwn) await refuseToTouch(call, user, transaction);
  if (!mayChangeOthers) refuseOthersFields(user, change);
  refuseFlags(caller, user, change);
  const permissions = added(change.user_permissions, user.user_permissions);
  await refuseToGive(call, { permissions, groups: added(change.groups, user.groups) }, transaction);
}

/** @throws ApiError auth.rights when the new user would have more rights than the caller */
export async function refuseCreation(call: Call, user: Partial<NewUser>, transaction: Transaction): Promise<void> {
  if (call.caller.isSuperuser) return;
  refuseFlags(call.caller, { is_superuser: false, is_staff: false }, user);
  await refuseToGive(call, { permissions: user.user_permissions, groups: user.groups }, transaction);
}

/** @throws ApiError auth.rights when the user has more rights than the caller */
export async function refuseToTouch({ caller, deps }: Call, user: Shown, transaction: Transaction): Promise<void> {
  if (caller.isSuperuser) return;
  if (user.is_superuser || (user.is_staff && !caller.isStaff)) throw new ApiError('auth.rights');
  refuseBeyond(caller, await rightsOf(deps.database, user.id, transaction));
}

/** A token is nobody: what its owner may do to themselves, it may not. */
const isSelf = (caller: Caller, user: Shown) => caller.tokenId === null && caller.id === user.id;

type Flags = Pick<Shown, 'is_superuser' | 'is_staff'>;

function refuseFlags(caller: Caller, user: Flags, change: Partial<Flags>): void {
  const becomesSuperuser = change.is_superuser && !user.is_superuser;
  const becomesStaff = change.is_staff && !user.is_staff && !caller.isStaff;
  if (becomesSuperuser || becomesStaff) throw new ApiError('auth.rights');
}

function refuseOthersFields(user: Shown, change: Partial<NewUser>): void {
  const isSame = ([field, value]: [string, unknown]) =>
    value === undefined || JSON.stringify(value) === JSON.stringify(user[field as keyof Shown]);
  const refused = Object.entries(change).filter((each) => !ownFields.includes(each[0]) && !isSame(each));
  if (refused.length === 0) return;
  const fields = refused.map(([field]) => field).join(', ');
  throw new ApiError('auth.rights', `You may change your own name, e-mail and password, but not ${fields}.`);
}
