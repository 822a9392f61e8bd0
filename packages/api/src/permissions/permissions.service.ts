import type { Paging } from '@showroom/contract';
import { type Permission as PermissionRow, partOf } from '@showroom/database';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';

export const listPermissions = ({ database }: Deps, paging: Paging): Promise<PageOfRows<PermissionRow>> =>
  readPage(paging, {
    count: () => database.permissions.count(),
    rows: (part) => database.permissions.findAll(partOf(part)),
    idOf: ({ id }) => id,
  });
