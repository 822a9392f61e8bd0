import type { Database } from '../database.js';
import { rangeSize } from '../dispatch-store/start/lay-out.js';

type Sql = Pick<Database, 'sql'>;

/** A mailing's messages without an end, in one time zone. */
export interface LeftInZone {
  /** UTC for a mailing without a window, which has no zones. */
  readonly timezone: string;
  readonly messages: number;
}

const leftByZone = `
  SELECT coalesce(timezone, 'UTC') AS timezone,
    sum(last_id - first_id + 1 - sent - failed - expired - canceled - unknown)::float8 AS messages
  FROM ranges WHERE mailing_id = $1 AND NOT done GROUP BY 1`;

/** What a started mailing has left to send. Reads its open ranges, a thousandth of its open messages. */
export const readLeft = ({ sql }: Sql, mailingId: number): Promise<LeftInZone[]> =>
  sql<LeftInZone>(leftByZone, [mailingId]);

/** How far back the pace looks. */
const paceSeconds = 60;
/** How many of the ranges that were given back are looked at; where more were, the pace looks back less far. */
const mostRanges = 100;
/** A pace that is measured for a shorter time says little. */
const leastSeconds = 2;

// A range that is held, or was given back since a moment, has all the messages that came to their end since that moment.
// A message that was refused, or whose answer was lost, has no time of its own; its last event has one.
const endsOf = `
  WITH held AS MATERIALIZED (
    SELECT first_id, last_id FROM ranges WHERE mailing_id = $1 AND NOT done AND worker_id IS NOT NULL),
  given_back AS MATERIALIZED (
    SELECT first_id, last_id, coalesce(released_at, claimed_at) AS at FROM ranges
    WHERE mailing_id = $1 AND worker_id IS NULL
      AND coalesce(released_at, claimed_at) > clock_timestamp() - interval '${paceSeconds} s'
    ORDER BY 3 DESC LIMIT ${mostRanges}),
  moment AS MATERIALIZED (
    SELECT clock_timestamp() AS now, greatest(clock_timestamp() - interval '${paceSeconds} s',
      (SELECT min(at) FROM given_back HAVING count(*) = ${mostRanges})) AS since),
  looked_at AS (SELECT first_id, last_id FROM held UNION ALL SELECT first_id, last_id FROM given_back),
  ends AS (
    SELECT CASE WHEN msg.status = 'sent' THEN msg.sent_at ELSE (
        SELECT max(e.at) FROM message_events e
        WHERE e.message_id = msg.id AND e.event IN ('refused', 'unknown')) END AS at
    FROM looked_at r, LATERAL (
      SELECT id, status, sent_at FROM messages
      WHERE id BETWEEN r.first_id AND r.last_id AND status IN ('sent', 'failed', 'unknown') LIMIT ${rangeSize}) msg)
  SELECT count(*)::float8 AS ends, extract(epoch FROM now - min(at))::float8 AS seconds
  FROM moment, ends WHERE at > since GROUP BY now`;

/**
 * How many messages of a mailing came to their end in each second, lately: sent, refused or without an answer. Counts from
 * the first such end within the last minute, so that a mailing that has just begun is measured, too.
 *
 * @returns null where too few came to their end within the last minute
 * @example await readPace(database, 12) // 147.2
 */
export async function readPace({ sql }: Sql, mailingId: number): Promise<number | null> {
  const [row] = await sql<{ ends: number; seconds: number }>(endsOf, [mailingId]);
  return row && row.ends > 1 && row.seconds >= leastSeconds ? row.ends / row.seconds : null;
}
