import { messageStatuses } from '@showroom/contract';
import { rangeSize } from '../dispatch-store/start/lay-out.js';
import { isAfterStart } from './at-start.js';

const countedEnds = messageStatuses
  .filter((status) => status !== 'pending')
  .map((status) => `coalesce(sum(messages) FILTER (WHERE status = '${status}'), 0)`)
  .join(', ');

/** Fewer ranges are looked at, rather than summed up: what is being sent would be written again and again. */
export const worthwhileRanges = 4;
/** So many are summed up at once: some fifty milliseconds, and memory for so many thousand messages. */
const mostRanges = 50;

/** Before its ranges, like everybody who changes both; while somebody does, it is left for another time. */
const takeMailing = `
  SELECT id FROM mailings
  WHERE id = $1 AND EXISTS (SELECT FROM ranges WHERE mailing_id = $1 AND done AND NOT summed)
  FOR KEY SHARE SKIP LOCKED`;

const takeRanges = `
  WITH open AS MATERIALIZED (
    SELECT first_id FROM ranges WHERE mailing_id = $1 AND done AND NOT summed
    ORDER BY first_id LIMIT ${mostRanges} FOR UPDATE SKIP LOCKED)
  UPDATE ranges r SET summed = true FROM open
  WHERE r.first_id = open.first_id AND (
    (SELECT count(*) FROM open) >= ${worthwhileRanges}
    OR EXISTS (SELECT FROM mailings WHERE id = $1 AND finished_at IS NOT NULL))
  RETURNING r.first_id`;

// The limits keep the planner from reading all messages, or all clients. The order keeps two of these from waiting for
// each other.
const addCounts = `
  WITH own AS MATERIALIZED (
    SELECT msg.client_id, msg.status, msg.sent_at, floor(extract(epoch FROM msg.sent_at) / 60)::bigint AS minute
    FROM ranges r, LATERAL (
      SELECT * FROM messages WHERE id BETWEEN r.first_id AND r.last_id ORDER BY id LIMIT ${rangeSize}) msg
    WHERE r.first_id = ANY($2::bigint[])),
  pasts AS MATERIALIZED (
    SELECT DISTINCT ON (p.client_id) p.client_id, p.tag_id, p.code_id FROM mailings m, client_pasts p
    WHERE m.id = $1 AND p.client_id = ANY(ARRAY(SELECT client_id FROM own)) AND (${isAfterStart})
    ORDER BY p.client_id, p.id),
  told AS (
    SELECT coalesce(p.tag_id, c.tag_id, 0) AS tag, coalesce(p.code_id, c.code_id, 0) AS code, minute, status, sent_at
    FROM own LEFT JOIN pasts p ON p.client_id = own.client_id
    LEFT JOIN LATERAL (SELECT tag_id, code_id FROM clients WHERE id = own.client_id LIMIT 1) AS c ON true),
  alike AS MATERIALIZED (
    SELECT tag, code, minute, status, count(*) AS messages, min(sent_at) AS first_sent, max(sent_at) AS last_sent
    FROM told GROUP BY tag, code, minute, status)
  INSERT INTO mailing_counts AS m
  SELECT $1,
    CASE WHEN GROUPING(tag) = 0 THEN 'tag' WHEN GROUPING(code) = 0 THEN 'code' WHEN GROUPING(minute) = 0 THEN 'minute'
      ELSE 'all' END AS kind,
    coalesce(tag, code, minute, 0) AS key, ${countedEnds}, min(first_sent), max(last_sent)
  FROM alike
  GROUP BY GROUPING SETS ((), (tag), (code), (minute))
  HAVING GROUPING(minute) = 1 OR minute IS NOT NULL
  ORDER BY kind, key
  ON CONFLICT (mailing_id, kind, key) DO UPDATE SET
    sent = m.sent + excluded.sent, failed = m.failed + excluded.failed, expired = m.expired + excluded.expired,
    canceled = m.canceled + excluded.canceled, unknown = m.unknown + excluded.unknown,
    first_sent = least(m.first_sent, excluded.first_sent), last_sent = greatest(m.last_sent, excluded.last_sent)`;

/**
 * Adds what became of the messages in a mailing's ranges that are done to its counts, once for each range. While the
 * mailing runs, it waits until there are enough of them. A tag or a code is the one that a client had at the start.
 *
 * @param query in one transaction: first the mailing is locked, then the ranges, and only then messages are looked at
 * @returns whether there may be more
 */
export async function sumUp(
  query: (statement: string, values: unknown[]) => Promise<object[]>,
  mailingId: number,
): Promise<boolean> {
  if ((await query(takeMailing, [mailingId])).length === 0) return false;
  const taken = (await query(takeRanges, [mailingId])) as { first_id: number }[];
  if (taken.length > 0) await query(addCounts, [mailingId, taken.map(({ first_id }) => first_id)]);
  return taken.length === mostRanges;
}
