import type { Message, MessageStatus, Paging } from '@showroom/contract';
import type { Deps } from '../context.js';
import { type PageOfRows, readPage } from '../page.js';
import { countAll, readAll } from './list/by-id.js';
import { countWithStatus, readWithStatus } from './list/by-status.js';
import { countOfClient, readOfClient } from './list/of-client.js';

type Filter = { mailing_list?: number; client?: number; status?: MessageStatus };

/** There may be tens of millions of messages. What is asked for decides how they are found. */
export function listMessages(
  { database }: Deps,
  { mailing_list: mailing, client, status, ...paging }: Filter & Paging,
): Promise<PageOfRows<Message>> {
  const idOf = ({ id }: Message) => id;
  if (client !== undefined) {
    const which = { client, mailing, status };
    return readPage(paging, {
      count: () => countOfClient(database, which),
      rows: (part) => readOfClient(database, part, which),
      idOf,
    });
  }
  if (status !== undefined) {
    const which = { status, mailing };
    return readPage(paging, {
      count: () => countWithStatus(database, which),
      rows: (part) => readWithStatus(database, part, which),
      idOf,
    });
  }
  return readPage(paging, {
    count: () => countAll(database, mailing),
    rows: (part) => readAll(database, part, mailing),
    idOf,
  });
}
