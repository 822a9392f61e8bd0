import type { Message } from '@showroom/contract';
import { type Database, hasMessages, type Part } from '@showroom/database';
import { columns } from './columns.js';

/*
 * A mailing's messages have contiguous ids, so the rows of the mailings say which ids a page has: no message is read or
 * counted to be left out. Messages of a mailing that is deleted or was kept for long enough are not shown, however many
 * of them are still there.
 */

const isWanted = `${hasMessages} AND m.last_message_id IS NOT NULL AND ($1::bigint IS NULL OR m.id = $1)`;

const counting = `
  SELECT coalesce(sum(m.last_message_id - m.first_message_id + 1), 0)::float8 AS count FROM mailings m WHERE ${isWanted}`;

export async function countAll({ sql }: Database, mailing?: number): Promise<number> {
  const [row] = await sql<{ count: number }>(counting, [mailing ?? null]);
  return row!.count;
}

// Each mailing has a message at least, so there are never more mailings to look at than rows up to the page's last.
const reading = `
  WITH spans AS (
    SELECT greatest(m.first_message_id, $4::bigint + 1) AS first_id, m.last_message_id AS last_id
    FROM mailings m WHERE ${isWanted} AND m.last_message_id > $4::bigint
    ORDER BY m.last_message_id LIMIT $2::bigint + $3::bigint),
  placed AS (
    SELECT first_id, last_id, (sum(last_id - first_id + 1) OVER (ORDER BY first_id))::bigint AS upto FROM spans),
  wanted AS MATERIALIZED (
    SELECT greatest(first_id, last_id + 1 - (upto - $3::bigint)) AS first_id,
      least(last_id, last_id - (upto - $2::bigint - $3::bigint)) AS last_id
    FROM placed WHERE upto > $3::bigint AND upto - (last_id - first_id + 1) < $2::bigint + $3::bigint)
  SELECT ${columns} FROM wanted, LATERAL (
    SELECT * FROM messages WHERE id BETWEEN wanted.first_id AND wanted.last_id ORDER BY id LIMIT $2::bigint) msg
  ORDER BY msg.id`;

export const readAll = (
  { sql }: Database,
  { limit, offset, after = 0 }: Part,
  mailing: number | undefined,
): Promise<Message[]> => sql(reading, [mailing ?? null, limit, offset, after]);
