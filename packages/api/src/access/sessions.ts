import type { Database, Transaction } from '@showroom/database';
import { hashSecret, makeSecret } from './secret.js';

const untilExpiry = `clock_timestamp() + $2 * interval '1 ms'`;

/** Begins a session, and gives the secret for its cookie. Whatever has expired by now is cleared away. */
export async function beginSession(
  { sql }: Database,
  userId: number,
  sessionMs: number,
  transaction: Transaction,
): Promise<string> {
  const secret = makeSecret();
  await sql('DELETE FROM sessions WHERE expires_at <= clock_timestamp()', [], transaction);
  await sql(
    `INSERT INTO sessions (user_id, expires_at, secret_hash) VALUES ($1, ${untilExpiry}, $3)`,
    [userId, sessionMs, hashSecret(secret)],
    transaction,
  );
  return secret;
}

export async function prolongSession({ sql }: Database, sessionId: number, sessionMs: number): Promise<void> {
  await sql(`UPDATE sessions SET expires_at = ${untilExpiry} WHERE id = $1`, [sessionId, sessionMs]);
}

/** Ends the session that a cookie's secret opens; false when there is none. */
export async function endSession({ sessions }: Database, secret: string, transaction: Transaction): Promise<boolean> {
  return (await sessions.destroy({ where: { secretHash: hashSecret(secret) }, transaction })) > 0;
}

/** Ends a user's sessions, all but the one that is given. */
export async function endSessionsOf(
  { sql }: Database,
  userId: number,
  except: number | null,
  transaction: Transaction,
): Promise<void> {
  const others = 'DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2::bigint';
  await sql(others, [userId, except], transaction);
}
