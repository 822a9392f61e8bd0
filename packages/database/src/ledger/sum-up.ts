import { joinPast } from './at-start.js';

/** As many ranges are looked at, rather than summed up: what is being sent would be written again and again. */
const worthwhileRanges = 20;

/** Before its ranges, like everybody who changes both; while somebody does, it is left for another time. */
const takeMailing = `
  SELECT id FROM mailings
  WHERE id = $1 AND EXISTS (SELECT FROM ranges WHERE mailing_id = $1 AND done AND NOT summed)
  FOR KEY SHARE SKIP LOCKED`;

const takeRanges = `
  WITH open AS MATERIALIZED (
    SELECT first_id FROM ranges WHERE mailing_id = $1 AND done AND NOT summed ORDER BY first_id FOR UPDATE SKIP LOCKED)
  UPDATE ranges r SET summed = true FROM open
  WHERE r.first_id = open.first_id AND (
    (SELECT count(*) FROM open) >= ${worthwhileRanges}
    OR EXISTS (SELECT FROM mailings WHERE id = $1 AND finished_at IS NOT NULL))
  RETURNING r.first_id`;

const addCounts = `
  WITH told AS (
    SELECT coalesce(past.tag_id, c.tag_id, 0) AS tag, coalesce(past.code_id, c.code_id, 0) AS code,
      floor(extract(epoch FROM msg.sent_at) / 60)::bigint AS minute, msg.status, msg.sent_at
    FROM mailings m JOIN ranges r ON r.first_id = ANY($2::bigint[])
    JOIN messages msg ON msg.id BETWEEN r.first_id AND r.last_id LEFT JOIN clients c ON c.id = msg.client_id
    ${joinPast('msg.client_id')}
    WHERE m.id = $1)
  INSERT INTO mailing_counts AS m
  SELECT $1,
    CASE WHEN GROUPING(tag) = 0 THEN 'tag' WHEN GROUPING(code) = 0 THEN 'code' WHEN GROUPING(minute) = 0 THEN 'minute'
      ELSE 'all' END,
    coalesce(tag, code, minute, 0), count(*) FILTER (WHERE status = 'sent'), count(*) FILTER (WHERE status = 'failed'),
    count(*) FILTER (WHERE status = 'expired'), count(*) FILTER (WHERE status = 'canceled'),
    count(*) FILTER (WHERE status = 'unknown'), min(sent_at), max(sent_at)
  FROM told
  GROUP BY GROUPING SETS ((), (tag), (code), (minute))
  HAVING GROUPING(minute) = 1 OR minute IS NOT NULL
  ON CONFLICT (mailing_id, kind, key) DO UPDATE SET
    sent = m.sent + excluded.sent, failed = m.failed + excluded.failed, expired = m.expired + excluded.expired,
    canceled = m.canceled + excluded.canceled, unknown = m.unknown + excluded.unknown,
    first_sent = least(m.first_sent, excluded.first_sent), last_sent = greatest(m.last_sent, excluded.last_sent)`;

/**
 * Adds what became of the messages in a mailing's ranges that are done to its counts, once for each range. While the
 * mailing runs, it waits until there are enough of them. A tag or a code is the one that a client had at the start.
 *
 * @param query in one transaction: first the mailing is locked, then the ranges, and only then messages are looked at
 */
export async function sumUp(
  query: (statement: string, values: unknown[]) => Promise<object[]>,
  mailingId: number,
): Promise<void> {
  if ((await query(takeMailing, [mailingId])).length === 0) return;
  const taken = (await query(takeRanges, [mailingId])) as { first_id: number }[];
  if (taken.length > 0) await query(addCounts, [mailingId, taken.map(({ first_id }) => first_id)]);
}
