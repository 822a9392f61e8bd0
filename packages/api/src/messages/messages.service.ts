import type { Message, MessageStatus, Paging } from '@showroom/contract';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';

type Filter = Paging & { mailing_list?: number; client?: number; status?: MessageStatus };

// A mailing's messages have contiguous ids, so its number is asked as a span of the primary key. Those of a deleted
// mailing are on their way out and not shown.
const matching = `
  FROM messages msg JOIN mailings m ON m.id = msg.mailing_id AND m.deleted_at IS NULL
  WHERE ($1::bigint IS NULL OR msg.id BETWEEN
      (SELECT first_message_id FROM mailings WHERE id = $1) AND (SELECT last_message_id FROM mailings WHERE id = $1))
    AND ($2::bigint IS NULL OR msg.client_id = $2)
    AND ($3::message_status IS NULL OR msg.status = $3::message_status)`;

export function listMessages(
  { database }: Deps,
  { mailing_list, client, status, ...paging }: Filter,
): Promise<PageOfRows<Message>> {
  const filter = [mailing_list ?? null, client ?? null, status ?? null];
  return readPage(paging, {
    count: async () =>
      (await database.sql<{ count: number }>(`SELECT count(*) AS count ${matching}`, filter))[0]!.count,
    rows: ({ offset, limit }) =>
      database.sql<Message>(
        `SELECT msg.id, msg.sent_at AS send_date, msg.status, msg.mailing_id AS mailing_list, msg.client_id AS client
         ${matching} ORDER BY msg.id LIMIT $4 OFFSET $5`,
        [...filter, limit, offset],
      ),
  });
}
