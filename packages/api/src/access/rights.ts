import type { Database, Transaction } from '@showroom/database';

/** SQL: the ids of what user `u` may do: their own permissions, and those of their groups. */
const permissionsOfUser = `
  SELECT permission_id FROM user_permissions WHERE user_id = u.id
  UNION ALL
  SELECT permission_id FROM group_permissions JOIN user_groups USING (group_id) WHERE user_id = u.id`;

/** SQL: the codenames of what user `u` may do. Superusers may everything, so theirs are not looked up. */
export const rightsOfUser = `CASE WHEN u.is_superuser THEN '{}' ELSE ARRAY(
  SELECT codename::text FROM permissions WHERE id IN (${permissionsOfUser})) END`;

/** SQL: the codenames of what token `t` of user `u` may do: no more than its owner may by now. */
export const rightsOfToken = `ARRAY(
  SELECT codename::text FROM token_permissions JOIN permissions ON permissions.id = permission_id
  WHERE token_id = t.id AND (u.is_superuser OR permission_id IN (${permissionsOfUser})))`;

/** The codenames of what a user may do; none for superusers, who need none. */
export async function rightsOf({ sql }: Database, userId: number, transaction?: Transaction): Promise<string[]> {
  const statement = `SELECT ${rightsOfUser} AS rights FROM users u WHERE id = $1`;
  const [user] = await sql<{ rights: string[] }>(statement, [userId], transaction);
  return user?.rights ?? [];
}

/** The codenames of permissions, and of what groups give. */
export async function codenamesOf(
  { sql }: Database,
  { permissions = [], groups = [] }: { permissions?: number[]; groups?: number[] },
  transaction?: Transaction,
): Promise<string[]> {
  const rows = await sql<{ codename: string }>(
    `SELECT codename FROM permissions WHERE id = ANY($1::bigint[])
       OR id IN (SELECT permission_id FROM group_permissions WHERE group_id = ANY($2::bigint[]))`,
    [permissions, groups],
    transaction,
  );
  return rows.map(({ codename }) => codename);
}
