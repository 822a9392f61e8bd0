import type { NewUser, User } from '@showroom/contract';
import type { Transaction } from '@showroom/database';
import { added, refuseBeyond, refuseToGive } from '../access/delegation.js';
import { refuseOwner, refuseRightsOverAccounts } from '../access/owner.js';
import { rightsOf } from '../access/rights.js';
import type { Call, Caller } from '../context.js';
import { ApiError, forbidden } from '../errors.js';

/** What everybody may change of their own account. */
const ownFields = ['first_name', 'last_name', 'email', 'password'];

/** A user as they are shown, which is all that these rules look at. */
type Shown = User;

/** What only a superuser may set: history that others could not tell from a forged one. */
const datesOfSuperusers = ['last_login', 'date_joined'] as const;

/**
 * Superusers may change everything. Others may administer users who have no more rights than they, and hand on what they
 * have. Without the permission, one's own name, e-mail and password are left. A field that is sent as it was changes
 * nothing, so it is no matter.
 *
 * @param transaction none when nothing is locked yet, and the rules are asked before anything else is looked up
 * @throws ApiError auth.rights; auth.forbidden for another's account without the permission (the name that was asked for
 *   may have gone over to somebody else since the caller was let in), and for a token's owner
 */
export async function refuseChange(
  call: Call,
  user: Shown,
  change: Partial<NewUser>,
  transaction?: Transaction,
): Promise<void> {
  const { caller } = call;
  if (caller.isSuperuser) return;
  refuseOwner(caller, user.id);
  const isOwn = caller.id === user.id;
  const mayChangeOthers = caller.permissions.has('change_user');
  if (!isOwn && !mayChangeOthers) throw forbidden('change_user');
  if (!isOwn) await refuseToTouch(call, user, transaction);
  if (!mayChangeOthers) refuseOthersFields(user, change);
  refuseFlags(caller, user, change);
  refuseDates(user, change);
  const permissions = added(change.user_permissions, user.user_permissions);
  await refuseToGive(call, { permissions, groups: added(change.groups, user.groups) }, transaction);
}

/** @throws ApiError auth.rights when the new user would have more rights than the caller, or a history of their own */
export async function refuseCreation(call: Call, user: Partial<NewUser>, transaction?: Transaction): Promise<void> {
  if (call.caller.isSuperuser) return;
  refuseFlags(call.caller, { is_superuser: false, is_staff: false }, user);
  refuseDates({ last_login: null }, user);
  await refuseToGive(call, { permissions: user.user_permissions, groups: user.groups }, transaction);
}

/** @throws ApiError auth.rights when the user has more rights than the caller; auth.forbidden for a token's owner */
export async function refuseToTouch({ caller, deps }: Call, user: Shown, transaction?: Transaction): Promise<void> {
  if (caller.isSuperuser) return;
  refuseOwner(caller, user.id);
  if (user.is_superuser || (user.is_staff && !caller.isStaff)) throw new ApiError('auth.rights');
  const rights = await rightsOf(deps.database, user.id, transaction);
  refuseBeyond(caller, rights);
  refuseRightsOverAccounts(caller, rights, 'touch_account');
}

type Flags = Pick<Shown, 'is_superuser' | 'is_staff'>;

function refuseFlags(caller: Caller, user: Flags, change: Partial<Flags>): void {
  const becomesSuperuser = change.is_superuser && !user.is_superuser;
  const becomesStaff = change.is_staff && !user.is_staff && !caller.isStaff;
  if (becomesSuperuser || becomesStaff) throw new ApiError('auth.rights');
}

function refuseDates(user: Partial<Shown>, change: Partial<NewUser>): void {
  const refused = datesOfSuperusers.filter((field) => isOther(user, field, change[field]));
  if (refused.length > 0) throw new ApiError('auth.rights', `Only a superuser can set ${refused.join(' and ')}.`);
}

function refuseOthersFields(user: Shown, change: Partial<NewUser>): void {
  const refused = Object.entries(change).filter(
    ([field, value]) => !ownFields.includes(field) && isOther(user, field, value),
  );
  if (refused.length === 0) return;
  const fields = refused.map(([field]) => field).join(', ');
  throw new ApiError('auth.rights', `You may change your own name, e-mail and password, but not ${fields}.`);
}

/** Whether a field was sent, and not as it is. */
const isOther = (user: Partial<Shown>, field: string, value: unknown): boolean =>
  value !== undefined && JSON.stringify(value) !== JSON.stringify(user[field as keyof Shown]);
