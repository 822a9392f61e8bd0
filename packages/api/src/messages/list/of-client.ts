import type { Message, MessageStatus } from '@showroom/contract';
import { type Database, hasMessages, type Part } from '@showroom/database';
import { columns } from './columns.js';

interface OfClient {
  readonly client: number;
  readonly mailing?: number;
  readonly status?: MessageStatus;
}

// A client has a message in each of some mailings: all of them are read by the client's index, whatever is asked for. The
// planner, left to itself, might look for them in the order of the ids.
const matching = `
  WITH own AS MATERIALIZED (SELECT * FROM messages WHERE client_id = $1)
  SELECT %columns FROM own msg JOIN mailings m ON m.id = msg.mailing_id AND ${hasMessages}
  WHERE ($2::bigint IS NULL OR msg.mailing_id = $2) AND ($3::message_status IS NULL OR msg.status = $3::message_status)`;
const counting = matching.replace('%columns', 'count(*) AS count');
const reading = `${matching.replace('%columns', columns)} AND msg.id > $6 ORDER BY msg.id LIMIT $4 OFFSET $5`;

const valuesOf = ({ client, mailing, status }: OfClient) => [client, mailing ?? null, status ?? null];

export async function countOfClient({ sql }: Database, which: OfClient): Promise<number> {
  const [row] = await sql<{ count: number }>(counting, valuesOf(which));
  return row!.count;
}

export const readOfClient = (
  { sql }: Database,
  { limit, offset, after = 0 }: Part,
  which: OfClient,
): Promise<Message[]> => sql(reading, [...valuesOf(which), limit, offset, after]);
