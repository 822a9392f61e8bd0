import type { Database } from '@showroom/database';

const codenamesOfUser = `
  SELECT codename FROM permissions WHERE id IN (
    SELECT permission_id FROM user_permissions WHERE user_id = $1
    UNION ALL
    SELECT permission_id FROM group_permissions JOIN user_groups USING (group_id) WHERE user_id = $1
  )`;

/** The codenames of what a user may do: their own permissions, and those of their groups. */
export async function rightsOf({ select }: Pick<Database, 'select'>, userId: number): Promise<Set<string>> {
  const rows = await select<{ codename: string }>(codenamesOfUser, [userId]);
  return new Set(rows.map(({ codename }) => codename));
}
