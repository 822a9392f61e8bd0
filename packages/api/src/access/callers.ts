import type { Database } from '@showroom/database';
import type { Caller } from '../context.js';
import { unlessFull } from '../trouble.js';
import { rightsOfToken, rightsOfUser } from './rights.js';
import { hashSecret } from './secret.js';
import { normalizeUsername } from './username.js';

interface UserColumns {
  id: number;
  username: string;
  isSuperuser: boolean;
  isStaff: boolean;
  permissions: string[];
}

const userColumns = 'u.id, u.username, u.is_superuser AS "isSuperuser", u.is_staff AS "isStaff"';

const toCaller = (
  { id, username, isSuperuser, isStaff, permissions }: UserColumns,
  by: { tokenId?: number; sessionId?: number } = {},
): Caller => ({
  id,
  username,
  isSuperuser,
  isStaff,
  permissions: new Set(permissions),
  tokenId: by.tokenId ?? null,
  sessionId: by.sessionId ?? null,
});

/** An active user: the caller they are if their password is right, and its hash. */
export interface Account {
  readonly caller: Caller;
  readonly password: string;
}

/** Finds an active user by the name as given, or else by its stored spelling. */
export async function findAccount({ sql }: Database, username: string): Promise<Account | undefined> {
  const [row] = await sql<UserColumns & { password: string }>(
    `SELECT ${userColumns}, u.password, ${rightsOfUser} AS permissions
     FROM users u WHERE username IN ($1, $2) AND is_active ORDER BY username <> $1 LIMIT 1`,
    [username, normalizeUsername(username)],
  );
  return row && { password: row.password, caller: toCaller(row) };
}

/** Who has this session's cookie; and whether it is time to prolong the session, at most once a minute. */
export async function findBySession({ sql }: Database, secret: string, sessionMs: number) {
  const [row] = await sql<UserColumns & { sessionId: number; isOld: boolean }>(
    `SELECT ${userColumns}, ${rightsOfUser} AS permissions, s.id AS "sessionId",
       s.expires_at < clock_timestamp() + $2 * interval '1 ms' - interval '1 minute' AS "isOld"
     FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.secret_hash = $1 AND s.expires_at > clock_timestamp() AND u.is_active`,
    [hashSecret(secret), sessionMs],
  );
  return row && { caller: toCaller(row, row), isOld: row.isOld };
}

/** The program that has this token: a caller who is no superuser, whoever the owner is. */
export async function findByToken({ sql }: Database, secret: string): Promise<Caller | undefined> {
  const [row] = await sql<UserColumns & { tokenId: number; isStale: boolean }>(
    `SELECT ${userColumns}, ${rightsOfToken} AS permissions, t.id AS "tokenId",
       t.last_used_at IS NULL OR t.last_used_at < clock_timestamp() - interval '1 minute' AS "isStale"
     FROM tokens t JOIN users u ON u.id = t.user_id
     WHERE t.secret_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp()) AND u.is_active`,
    [hashSecret(secret)],
  );
  if (!row) return undefined;
  const noteUse = 'UPDATE tokens SET last_used_at = clock_timestamp() WHERE id = $1';
  if (row.isStale) await unlessFull(sql(noteUse, [row.tokenId]));
  return toCaller({ ...row, isSuperuser: false, isStaff: false }, row);
}
