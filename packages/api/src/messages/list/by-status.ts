import type { Message, MessageReason, MessageStatus } from '@showroom/contract';
import { type Database, hasMessages, type Part, rangeSize } from '@showroom/database';
import { columns } from './columns.js';

/*
 * How many messages of a mailing, and of a range, have a status is known. So the mailings and the ranges that hold a page
 * are found by their counts, and only those are looked into.
 *
 * In a range, most messages were sent or are pending; they are found by reading it. The others are few. An index by their
 * reason finds them, and that of `retries` finds what is pending in a range that was worked on. Where an index finds fewer
 * than were counted, the range is read after all: messages from before reasons were kept have none.
 */

interface WithStatus {
  readonly status: MessageStatus;
  readonly mailing?: number;
}

const reasons: Record<Exclude<MessageStatus, 'pending' | 'sent'>, MessageReason[]> = {
  failed: ['refused', 'operator'],
  expired: ['end', 'window'],
  canceled: ['client_deleted', 'mailing_canceled', 'bad_number', 'bad_timezone'],
  unknown: ['no_answer', 'worker_died'],
};

/** SQL: how many messages of range `r` have the status. */
const sizeIn = (status: MessageStatus) =>
  status === 'pending'
    ? '(r.last_id - r.first_id + 1 - r.sent - r.failed - r.expired - r.canceled - r.unknown)'
    : `r.${status}`;

/** SQL: how many each mailing has, also of those that are not shown. What is summed up has no pending message. */
const sizes = (status: MessageStatus) =>
  status === 'pending'
    ? `SELECT r.mailing_id, sum(${sizeIn(status)})::bigint AS size FROM ranges r WHERE NOT r.summed GROUP BY 1`
    : `SELECT mailing_id, sum(size)::bigint AS size FROM (
         SELECT s.mailing_id, s.${status} AS size FROM mailing_counts s WHERE s.kind = 'all'
         UNION ALL SELECT r.mailing_id, ${sizeIn(status)} FROM ranges r WHERE NOT r.summed) AS parts GROUP BY 1`;

/** SQL: the mailings that have some, as `counted`. */
const counted = (status: MessageStatus) => `
  sizes AS (${sizes(status)}),
  counted AS (
    SELECT m.id, m.first_message_id AS first_id, m.last_message_id AS last_id, sizes.size
    FROM mailings m JOIN sizes ON sizes.mailing_id = m.id AND sizes.size > 0
    WHERE ${hasMessages} AND ($1::bigint IS NULL OR m.id = $1))`;

const counting = (status: MessageStatus) =>
  `WITH ${counted(status)} SELECT coalesce(sum(size), 0)::float8 AS count FROM counted`;

export async function countWithStatus({ sql }: Database, { status, mailing }: WithStatus): Promise<number> {
  const [row] = await sql<{ count: number }>(counting(status), [mailing ?? null]);
  return row!.count;
}

/** SQL: the range that holds what comes after the first $2, and how many of its own are among these. */
const finding = (status: MessageStatus) => `
  WITH ${counted(status)},
  mailing AS (
    SELECT id, before FROM (
      SELECT id, size, sum(size) OVER (ORDER BY first_id) - size AS before FROM counted) AS placed
    WHERE before <= $2::bigint AND $2::bigint < before + size),
  range AS (
    SELECT r.first_id, ${sizeIn(status)} AS size,
      mailing.before + sum(${sizeIn(status)}) OVER (ORDER BY r.first_id) - ${sizeIn(status)} AS before
    FROM mailing JOIN ranges r ON r.mailing_id = mailing.id)
  SELECT first_id - 1 AS after, ($2::bigint - before)::float8 AS "offset" FROM range
  WHERE before <= $2::bigint AND $2::bigint < before + size`;

/**
 * SQL: the ranges that hold the page, as `wanted`. Of the first mailing and the first range, a part may come before the key;
 * they are taken in any case, and the part is not counted on.
 */
const wanted = (status: MessageStatus) => `
  WITH ${counted(status)},
  sure AS (
    SELECT id, first_id, CASE WHEN first_id > $4::bigint THEN size ELSE (
        SELECT coalesce(sum(${sizeIn(status)}), 0) FROM ranges r
        WHERE r.mailing_id = counted.id AND r.first_id > $4::bigint) END AS size
    FROM counted WHERE last_id > $4::bigint),
  near AS (
    SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY first_id) - size AS before FROM sure) AS placed
    WHERE before < $2::bigint + $3::bigint),
  wanted AS MATERIALIZED (
    SELECT first_id, last_id, size FROM (
      SELECT first_id, last_id, size, sum(sure) OVER (ORDER BY first_id) - sure AS before
      FROM (SELECT r.first_id, r.last_id, ${sizeIn(status)} AS size,
              CASE WHEN r.first_id > $4::bigint THEN ${sizeIn(status)} ELSE 0 END AS sure
            FROM near JOIN ranges r ON r.mailing_id = near.id AND r.last_id > $4::bigint) AS r
      WHERE size > 0) AS placed
    WHERE before < $2::bigint + $3::bigint)`;

// The limit is what the planner would not guess: that a range is a thousand messages. It also keeps it from reading all
// that an index finds, to compare it with the ranges.
const inOrder = `ORDER BY id LIMIT ${rangeSize}`;

/** SQL: reads ranges `r`. */
const readRanges = (status: MessageStatus, ranges: string) => `
  SELECT msg.* FROM ${ranges} r, LATERAL (
    SELECT * FROM messages WHERE id BETWEEN r.first_id AND r.last_id ${inOrder}) msg
  WHERE msg.status = '${status}'`;

/** SQL: where an index finds some of them in range `r`; null where there is none. */
function byIndex(status: MessageStatus): string | null {
  if (status === 'sent') return null;
  if (status === 'pending') {
    return `SELECT * FROM messages
      WHERE id = ANY(ARRAY(SELECT message_id FROM retries WHERE range_id = r.first_id)) ${inOrder}`;
  }
  // Pairs are compared, for only the index by reason can do that: the primary key would read all of the range. An equation
  // besides would make the index begin with the reason's first message.
  const ofReason = (reason: MessageReason) => `
    (SELECT * FROM messages WHERE reason IS NOT NULL AND (reason, id) >= ('${reason}'::message_reason, r.first_id)
       AND (reason, id) <= ('${reason}'::message_reason, r.last_id) ORDER BY reason, id LIMIT ${rangeSize})`;
  return reasons[status].map(ofReason).join(' UNION ALL ');
}

function rowsOf(status: MessageStatus): string {
  const found = byIndex(status);
  if (found === null) return `rows AS (${readRanges(status, 'wanted')})`;
  return `
    found AS MATERIALIZED (
      SELECT r.first_id, msg.* FROM wanted r, LATERAL (${found}) msg WHERE msg.status = '${status}'),
    compared AS MATERIALIZED (
      SELECT r.first_id, r.last_id, r.size > coalesce(f.size, 0) AS is_short
      FROM wanted r LEFT JOIN (SELECT first_id, count(*) AS size FROM found GROUP BY 1) f USING (first_id)),
    short AS (SELECT first_id, last_id FROM compared WHERE is_short),
    rows AS (
      SELECT f.id, f.mailing_id, f.client_id, f.status, f.sent_at FROM found f JOIN compared USING (first_id)
      WHERE NOT is_short
      UNION ALL SELECT msg.id, msg.mailing_id, msg.client_id, msg.status, msg.sent_at
      FROM (${readRanges(status, 'short')}) msg)`;
}

const reading = (status: MessageStatus) => `
  ${wanted(status)}, ${rowsOf(status)}
  SELECT ${columns} FROM rows msg WHERE msg.id > $4::bigint ORDER BY msg.id LIMIT $2::bigint OFFSET $3::bigint`;

/** What is further away is not read to be left out. */
const nearOffset = 100;

export async function readWithStatus(
  { sql }: Database,
  { limit, offset, after = 0 }: Part,
  { status, mailing }: WithStatus,
): Promise<Message[]> {
  const read = (start: Required<Part>) =>
    sql<Message>(reading(status), [mailing ?? null, start.limit, start.offset, start.after]);
  if (offset <= nearOffset) return read({ limit, offset, after });
  const [start] = await sql<{ after: number; offset: number }>(finding(status), [mailing ?? null, offset]);
  return start ? read({ limit, ...start }) : [];
}
