import { type MessageCounts, type MessageStatus, messageStatuses } from '@showroom/contract';

/** SQL: a mailing's counts as a sum over its ranges, which are a thousandth of its messages. */
export const countsOfRanges = `
  coalesce(sum(r.last_id - r.first_id + 1), 0)::float8 AS total,
  coalesce(sum(r.last_id - r.first_id + 1 - r.sent - r.failed - r.expired - r.canceled - r.unknown), 0)::float8 AS pending,
  coalesce(sum(r.sent), 0)::float8 AS sent,
  coalesce(sum(r.failed), 0)::float8 AS failed,
  coalesce(sum(r.expired), 0)::float8 AS expired,
  coalesce(sum(r.canceled), 0)::float8 AS canceled,
  coalesce(sum(r.unknown), 0)::float8 AS unknown`;

/** SQL: the same by looking at the messages, where they are told apart by something their range does not know. */
export const countsOfMessages = `
  count(*)::float8 AS total,
  ${messageStatuses.map((status) => `(count(*) FILTER (WHERE msg.status = '${status}'))::float8 AS ${status}`).join(', ')}`;

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
