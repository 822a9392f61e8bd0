import type { Message, MessageStatus, Paging } from '@showroom/contract';
import {
  type CountsRow,
  countsOfKept,
  countsOfMailing,
  type Database,
  hasMessages,
  type Part,
  rangeSize,
} from '@showroom/database';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';

type Filter = { mailing_list?: number; client?: number; status?: MessageStatus };

/*
 * There may be tens of millions of messages. A client's are found by an index; all others are found and counted by their
 * ranges: how many of a thousand messages have a status is known of each range, and a mailing's sum of them is kept.
 */
export function listMessages(
  { database }: Deps,
  { mailing_list, client, status, ...paging }: Filter & Paging,
): Promise<PageOfRows<Message>> {
  const filter = { mailing_list, client, status };
  const idOf = ({ id }: Message) => id;
  if (client !== undefined) {
    return readPage(paging, {
      count: () => countOfClient(database, filter),
      rows: (part) => readOfClient(database, filter, part),
      idOf,
    });
  }
  return readPage(paging, {
    count: () => countByRanges(database, filter),
    rows: (part) => (isNear(filter, part) ? readNear(database, filter, part) : readByRanges(database, filter, part)),
    idOf,
  });
}

const columns = 'msg.id, msg.sent_at AS send_date, msg.status, msg.mailing_id AS mailing_list, msg.client_id AS client';

// A mailing's messages have contiguous ids, so its number is asked as a span of the primary key. Those of a deleted
// mailing, or of one that ended long ago, are on their way out and not shown.
const matching = `
  FROM messages msg JOIN mailings m ON m.id = msg.mailing_id AND ${hasMessages}
  WHERE ($1::bigint IS NULL OR msg.id BETWEEN
      (SELECT first_message_id FROM mailings WHERE id = $1) AND (SELECT last_message_id FROM mailings WHERE id = $1))
    AND ($2::message_status IS NULL OR msg.status = $2::message_status)`;

const ofClient = `${matching} AND msg.client_id = $3`;
const inOrder = (limit: number) => `AND msg.id > $${limit + 2} ORDER BY msg.id LIMIT $${limit} OFFSET $${limit + 1}`;

const valuesOf = ({ mailing_list, status }: Filter) => [mailing_list ?? null, status ?? null];
const valuesOfPart = ({ limit, offset, after = 0 }: Part) => [limit, offset, after];

async function countOfClient({ sql }: Database, filter: Filter): Promise<number> {
  const [row] = await sql<{ count: number }>(`SELECT count(*) AS count ${ofClient}`, [
    ...valuesOf(filter),
    filter.client,
  ]);
  return row!.count;
}

const readOfClient = ({ sql }: Database, filter: Filter, part: Part): Promise<Message[]> =>
  sql(`SELECT ${columns} ${ofClient} ${inOrder(4)}`, [...valuesOf(filter), filter.client, ...valuesOfPart(part)]);

async function countByRanges({ sql }: Database, { mailing_list, status }: Filter): Promise<number> {
  const one = `${countsOfMailing('$1::bigint')} WHERE EXISTS (SELECT FROM mailings m WHERE m.id = $1 AND ${hasMessages})`;
  const rows = mailing_list === undefined ? sql<CountsRow>(countsOfKept) : sql<CountsRow>(one, [mailing_list]);
  return (await rows)[0]![status ?? 'total'];
}

/** Rows that are left out, or are none of those wanted, have to be read. */
const nearOffset = 1_000;
const isNear = ({ status }: Filter, { offset }: Part) => status === undefined && offset <= nearOffset;

const readNear = ({ sql }: Database, filter: Filter, part: Part): Promise<Message[]> =>
  sql(`SELECT ${columns} ${matching} ${inOrder(3)}`, [...valuesOf(filter), ...valuesOfPart(part)]);

/** SQL: how many messages of range `r` have the status. */
function sizeOf(status: MessageStatus | undefined): string {
  const all = 'r.last_id - r.first_id + 1';
  if (status === undefined) return all;
  return status === 'pending' ? `${all} - r.sent - r.failed - r.expired - r.canceled - r.unknown` : `r.${status}`;
}

/** Only the ranges that hold a part of what is wanted are looked into; the key may leave out a part of the first. */
const readByRanges = ({ sql }: Database, filter: Filter, part: Part): Promise<Message[]> =>
  sql(
    `WITH counted AS (
       SELECT first_id, last_id, size, sum(size) OVER (ORDER BY first_id) AS upto,
         first_value(size) OVER (ORDER BY first_id) AS first_size
       FROM (SELECT r.first_id, r.last_id, ${sizeOf(filter.status)} AS size
             FROM ranges r JOIN mailings m ON m.id = r.mailing_id AND ${hasMessages}
             WHERE ($1::bigint IS NULL OR r.mailing_id = $1) AND r.last_id > $5) AS r
       WHERE size > 0),
     wanted AS MATERIALIZED (
       SELECT first_id, last_id, upto - size AS before FROM counted
       WHERE upto > $4::bigint AND upto - size < $3::bigint + $4::bigint + first_size)
     SELECT ${columns} FROM wanted, LATERAL (
       SELECT * FROM messages WHERE id BETWEEN wanted.first_id AND wanted.last_id ORDER BY id LIMIT ${rangeSize}) msg
     WHERE ($2::message_status IS NULL OR msg.status = $2::message_status) AND msg.id > $5
     ORDER BY msg.id LIMIT $3::bigint OFFSET $4::bigint - (SELECT coalesce(min(before), $4::bigint) FROM wanted)`,
    [...valuesOf(filter), ...valuesOfPart(part)],
  );
