import type { Permission } from '@showroom/contract';
import type { Permission as PermissionRow } from '@showroom/database';

export const toPermission = ({ id, codename, name }: PermissionRow): Permission => ({ id, codename, name });
