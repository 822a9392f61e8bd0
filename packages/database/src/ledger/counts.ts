import { type MessageCounts, type MessageStatus, messageStatuses } from '@showroom/contract';
import { rangeSize } from '../dispatch-store/start/lay-out.js';
import { joinPast, nameAtStart } from './at-start.js';

const ends = messageStatuses.filter((status) => status !== 'pending');
const sizeOf = 'r.last_id - r.first_id + 1';
const sum = (each: string, name: string) => `coalesce(sum(${each}), 0)::float8 AS ${name}`;

/** SQL: counts as a sum over ranges `r`, which are a thousandth of their messages. */
const ofRanges = [
  sum(sizeOf, 'total'),
  sum([sizeOf, ...ends.map((end) => `r.${end}`)].join(' - '), 'pending'),
  ...ends.map((end) => sum(`r.${end}`, end)),
].join(', ');

/** SQL: counts as a sum over what was summed up, `s`; nothing of it is pending. */
const ofSums = [
  sum(ends.map((end) => `s.${end}`).join(' + '), 'total'),
  sum('0', 'pending'),
  ...ends.map((end) => sum(`s.${end}`, end)),
].join(', ');

/** SQL: counts of messages that are looked at one by one. */
const ofMessages = [
  'count(*)::float8 AS total',
  ...messageStatuses.map((status) => `(count(*) FILTER (WHERE msg.status = '${status}'))::float8 AS ${status}`),
].join(', ');

const added = ['total', ...messageStatuses].map((name) => sum(name, name)).join(', ');

/** SQL: a mailing's counts; `mailing` is an expression for its id. What is not summed up yet is added to what is. */
export const countsOfMailing = (mailing: string) => `
  SELECT ${added} FROM (
    SELECT ${ofSums} FROM mailing_counts s WHERE s.mailing_id = ${mailing} AND s.kind = 'all'
    UNION ALL SELECT ${ofRanges} FROM ranges r WHERE r.mailing_id = ${mailing} AND NOT r.summed) AS parts`;

const countsOf = (mailings: string) => `
  SELECT ${added} FROM (
    SELECT ${ofSums} FROM mailing_counts s JOIN mailings m ON m.id = s.mailing_id AND ${mailings}
    WHERE s.kind = 'all'
    UNION ALL
    SELECT ${ofRanges} FROM ranges r JOIN mailings m ON m.id = r.mailing_id AND ${mailings}
    WHERE NOT r.summed) AS parts`;

/** SQL: whether the messages of mailing `m` can be looked at: it is not deleted, and they have not been removed since. */
export const hasMessages = 'm.deleted_at IS NULL AND m.purged_at IS NULL';

/** SQL: the counts of all mailings that are not deleted. */
export const countsOfAll = countsOf('m.deleted_at IS NULL');

// While a mailing runs, most of its ranges are pending as a whole; when its end came, they are expired. Whom they are for
// is known without looking: they are what is left of the audience. Where there are several such ends, it tells the one that
// most have.
const unsummedRanges = `
  unsummed AS MATERIALIZED (
    SELECT first_id, last_id, CASE ${sizeOf}
        WHEN ${sizeOf} - ${ends.map((end) => `r.${end}`).join(' - ')} THEN 'pending'
        WHEN r.expired THEN 'expired' WHEN r.canceled THEN 'canceled' END AS whole
    FROM ranges r WHERE r.mailing_id = $1 AND NOT r.summed),
  left_over AS MATERIALIZED (
    SELECT whole FROM unsummed
    WHERE whole IS NOT NULL AND EXISTS (SELECT FROM mailing_audiences WHERE mailing_id = $1)
    GROUP BY whole ORDER BY count(*) DESC LIMIT 1)`;

// The limits are what the planner would not guess: that a range is a thousand messages, and that a client is one.
const messagesOf = (ranges: string) => `
  FROM ${ranges} r, LATERAL (
    SELECT * FROM messages WHERE id BETWEEN r.first_id AND r.last_id ORDER BY id LIMIT ${rangeSize}) msg`;

const lookedAt = `(
  SELECT * FROM unsummed WHERE whole IS NULL OR whole IS DISTINCT FROM (SELECT whole FROM left_over))`;

/** SQL: a count of what is known of a tag or a code; what is left of its audience has the end that is left over. */
const withLeftOver = (status: MessageStatus | 'total') => {
  const left = 'greatest(0, coalesce(a.clients, 0) - coalesce(known.total, 0))';
  const isLeft = status === 'total' ? 'true' : `'${status}' = (SELECT whole FROM left_over)`;
  return `(coalesce(known.${status}, 0) + CASE WHEN ${isLeft} THEN ${left} ELSE 0 END)::float8 AS ${status}`;
};

/**
 * SQL: a mailing's ($1) counts by the tag or the code that its clients had at its start, each with its name then. Null
 * stands for clients that were deleted before that was kept.
 */
export const countsBy = (kind: 'tag' | 'code') => `
  WITH ${unsummedRanges},
  parts AS (
    SELECT s.key, ${ofSums} FROM mailing_counts s WHERE s.mailing_id = $1 AND s.kind = '${kind}' GROUP BY s.key
    UNION ALL
    SELECT coalesce(past.${kind}_id, c.${kind}_id, 0), ${ofMessages} ${messagesOf(lookedAt)}
    JOIN mailings m ON m.id = $1
    LEFT JOIN LATERAL (SELECT tag_id, code_id FROM clients WHERE id = msg.client_id LIMIT 1) AS c ON true
    ${joinPast('msg.client_id')}
    GROUP BY 1),
  known AS (SELECT key, ${added} FROM parts GROUP BY key),
  audience AS (SELECT key, clients FROM mailing_audiences WHERE mailing_id = $1 AND kind = '${kind}'),
  told AS (
    SELECT coalesce(known.key, a.key) AS key, ${(['total', ...messageStatuses] as const).map(withLeftOver).join(', ')}
    FROM known FULL JOIN audience a ON a.key = known.key)
  SELECT name, ${added} FROM (
    SELECT ${nameAtStart(kind, 'told.key')} AS name, told.* FROM mailings m, told WHERE m.id = $1) AS named
  GROUP BY name ORDER BY name NULLS LAST`;

/** SQL: how many of a mailing's ($1) messages were sent in each minute, and when the first and the last of them. */
export const sentPerMinute = `
  SELECT to_timestamp(minute * 60) AS minute, sum(sent)::float8 AS sent, min(first) AS first, max(last) AS last FROM (
    SELECT s.key AS minute, s.sent, s.first_sent AS first, s.last_sent AS last
    FROM mailing_counts s WHERE s.mailing_id = $1 AND s.kind = 'minute'
    UNION ALL
    SELECT floor(extract(epoch FROM msg.sent_at) / 60)::bigint, count(*), min(msg.sent_at), max(msg.sent_at)
    ${messagesOf('(SELECT * FROM ranges WHERE mailing_id = $1 AND NOT summed AND sent > 0)')}
    WHERE msg.sent_at IS NOT NULL GROUP BY 1) AS parts
  GROUP BY 1 ORDER BY 1`;

export type CountsRow = Record<MessageStatus | 'total', number>;

export const toCounts = ({ total, pending, sent, failed, expired, canceled, unknown }: CountsRow): MessageCounts => ({
  total,
  pending,
  sent,
  failed,
  expired,
  canceled,
  unknown,
});
