import type { Group } from '@showroom/contract';
import type { GroupRow } from './groups.service.js';

export const toGroup = ({ row, ids }: GroupRow): Group => ({
  id: row.id,
  name: row.name,
  permissions: ids.permissions,
});
