import type { Database, Transaction } from '@showroom/database';

/** An account, and a network that an attempt for it comes from. */
export interface AccountAddress {
  readonly userId: number;
  readonly network: string;
}

const isRecent = `signed_in_at > now() - interval '24 hours'`;

/** How many networks of one account are kept: the latest ones. */
const mostNetworks = 100;
/** How many old rows one sign-in clears away: more than it adds. */
const mostCleared = 100;
/** When an attempt is taken to have died with its process. An attempt takes less than a second. */
const attemptLasts = `interval '30 seconds'`;

/** Whether the account was signed in to from this network within the last 24 hours, in whichever server process. */
export async function isKnownAddress({ sql }: Database, { userId, network }: AccountAddress): Promise<boolean> {
  const known = `SELECT FROM known_addresses WHERE user_id = $1 AND network = $2 AND ${isRecent}`;
  return (await sql(known, [userId, network])).length > 0;
}

/**
 * Remembers where a right password came from, for 24 hours. Locks the user's row for a moment: whoever signs in with a
 * password that is being changed is not remembered.
 *
 * @param hashed the hash that the password was right for
 */
export async function rememberAddress(
  { sql }: Database,
  { userId, network }: AccountAddress,
  hashed: string,
): Promise<void> {
  await sql(
    `INSERT INTO known_addresses (user_id, network)
     SELECT id, $2 FROM users WHERE id = $1 AND password = $3 AND is_active FOR SHARE
     ON CONFLICT (user_id, network) DO UPDATE SET signed_in_at = excluded.signed_in_at`,
    [userId, network, hashed],
  );
  await sql(
    `DELETE FROM known_addresses WHERE
       ctid = ANY(ARRAY(SELECT ctid FROM known_addresses WHERE NOT ${isRecent} LIMIT ${mostCleared} FOR UPDATE SKIP LOCKED))
       OR ctid = ANY(ARRAY(SELECT ctid FROM known_addresses WHERE user_id = $1
         ORDER BY signed_in_at DESC OFFSET ${mostNetworks} FOR UPDATE SKIP LOCKED))`,
    [userId],
  );
}

/**
 * Forgets the addresses of a user: whoever had the old password must not keep an advantage.
 *
 * @param kept the network of the owner who has just changed the password, who must be able to sign in with it; or none
 */
export async function forgetAddresses(
  { sql }: Database,
  { userId, kept }: { userId: number; kept: string | null },
  transaction: Transaction,
): Promise<void> {
  const forgotten = 'DELETE FROM known_addresses WHERE user_id = $1 AND network IS DISTINCT FROM $2';
  await sql(forgotten, [userId, kept], transaction);
}

/** Begins the one attempt that a known address may make at a time; null while another is being made. */
export async function beginAttempt({ sql }: Database, { userId, network }: AccountAddress): Promise<string | null> {
  const [begun] = await sql<{ until: string }>(
    `UPDATE known_addresses SET attempt_until = clock_timestamp() + ${attemptLasts}
     WHERE user_id = $1 AND network = $2 AND ${isRecent}
       AND (attempt_until IS NULL OR attempt_until <= clock_timestamp())
     RETURNING attempt_until::text AS until`,
    [userId, network],
  );
  return begun?.until ?? null;
}

/** @param until what `beginAttempt` gave: an attempt that took too long does not end the next one */
export async function endAttempt({ sql }: Database, { userId, network }: AccountAddress, until: string): Promise<void> {
  const ending = `
    UPDATE known_addresses SET attempt_until = NULL
    WHERE user_id = $1 AND network = $2 AND attempt_until = $3::timestamptz`;
  await sql(ending, [userId, network, until]);
}
