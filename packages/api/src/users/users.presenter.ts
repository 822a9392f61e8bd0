import type { NewUser, User } from '@showroom/contract';
import type { ListedUser } from './users.service.js';

/** An allow-list: the password's hash never leaves the server. */
export const toUser = ({ row: user, ids }: ListedUser): User => ({
  id: user.id,
  last_login: user.lastLogin,
  is_superuser: user.isSuperuser,
  username: user.username,
  first_name: user.firstName,
  last_name: user.lastName,
  email: user.email,
  is_staff: user.isStaff,
  is_active: user.isActive,
  date_joined: user.dateJoined,
  groups: ids.groups,
  user_permissions: ids.user_permissions,
});

const columns = {
  last_login: 'lastLogin',
  is_superuser: 'isSuperuser',
  username: 'username',
  first_name: 'firstName',
  last_name: 'lastName',
  email: 'email',
  is_staff: 'isStaff',
  is_active: 'isActive',
  date_joined: 'dateJoined',
} as const;

/** The other way round, without the password: only what was given. */
export const toUserColumns = (user: Partial<NewUser>) =>
  Object.fromEntries(
    Object.entries(columns).flatMap(([field, column]) => {
      const value = user[field as keyof typeof columns];
      return value === undefined ? [] : [[column, value]];
    }),
  );
