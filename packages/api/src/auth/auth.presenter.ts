import type { Me } from '@showroom/contract';
import type { Caller } from '../context.js';
import { toUser } from '../users/users.presenter.js';
import type { UserRow } from '../users/users.service.js';

export const toMe = (user: UserRow, { permissions }: Caller): Me => ({
  ...toUser(user),
  permissions: [...permissions].sort(),
});
