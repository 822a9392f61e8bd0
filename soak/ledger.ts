import type { World } from './world.js';

export const ends = ['sent', 'failed', 'expired', 'canceled', 'unknown'] as const;
type End = (typeof ends)[number];
export type Status = End | 'pending';

export interface MailingRow {
  id: number;
  status: string;
  end_at: Date;
  text: string;
  is_started: boolean;
  audience: number[];
}

export interface MessageRow {
  id: number;
  mailing_id: number;
  client_id: number;
  status: Status;
  /** Of the client; clients are not changed while a scenario runs. */
  phone: number;
}

type RangeRow = { first_id: number; last_id: number; mailing_id: number; done: boolean } & Record<End, number>;

/** All that the database knows of the mailings. */
export interface Ledger {
  mailings: MailingRow[];
  messages: MessageRow[];
  ranges: RangeRow[];
}

export async function readLedger({ query }: Pick<World, 'query'>): Promise<Ledger> {
  return {
    mailings: await query<MailingRow>(`
      SELECT m.id::int, m.status, m.end_at, m.text, m.started_at IS NOT NULL AS is_started,
        ARRAY(SELECT c.id::int FROM clients c JOIN mailing_tags t USING (tag_id) WHERE t.mailing_id = m.id) AS audience
      FROM mailings m ORDER BY m.id`),
    messages: await query<MessageRow>(`
      SELECT m.id::int, m.mailing_id::int, m.client_id::int, m.status, c.phone_number::float8 AS phone
      FROM messages m JOIN clients c ON c.id = m.client_id ORDER BY m.id`),
    ranges: await query<RangeRow>(`
      SELECT first_id::int, last_id::int, mailing_id::int, done, ${ends.join(', ')} FROM ranges ORDER BY first_id`),
  };
}

/** Messages by status. */
export function countByStatus(messages: readonly MessageRow[]): Record<Status, number> {
  const counts = { pending: 0, sent: 0, failed: 0, expired: 0, canceled: 0, unknown: 0 };
  for (const { status } of messages) counts[status] += 1;
  return counts;
}
