import {
  largestPageSize,
  type MailingStatistic,
  type MailingStatisticDetail,
  type MailingStatus,
  type Paging,
  type Statistic,
} from '@showroom/contract';
import type { Deps } from '../context.js';
import { readPage } from '../page.js';
import { found } from '../rows.js';
import { type CountsRow, countsOfMessages, countsOfRanges, toCounts } from './statistic.counts.js';

interface MailingRow extends CountsRow {
  id: number;
  status: MailingStatus;
  start_at: Date;
  end_at: Date;
  text: string;
}

const mailingsWithCounts = (mailings: string) => `
  SELECT m.id, m.status, m.start_at, m.end_at, m.text, ${countsOfRanges}
  FROM (${mailings}) m LEFT JOIN ranges r ON r.mailing_id = m.id
  GROUP BY m.id, m.status, m.start_at, m.end_at, m.text ORDER BY m.id`;

/** All mailings, unless a page or a limit is asked for. */
export async function readStatistic({ database }: Deps, { page, limit = largestPageSize }: Paging): Promise<Statistic> {
  const { count, rows } = await readPage(
    { page, limit },
    {
      count: () => database.mailings.count(),
      rows: (part) =>
        database.sql<MailingRow>(
          mailingsWithCounts('SELECT * FROM mailings WHERE deleted_at IS NULL ORDER BY id LIMIT $1 OFFSET $2'),
          [part.limit, part.offset],
        ),
    },
  );
  const totals = await database.sql<CountsRow>(
    `SELECT ${countsOfRanges} FROM ranges r JOIN mailings m ON m.id = r.mailing_id AND m.deleted_at IS NULL`,
  );
  return {
    mailings: count,
    clients: await database.clients.count(),
    messages: toCounts(totals[0]!),
    results: rows.map(toMailingStatistic),
  };
}

export async function readMailingStatistic(
  { database }: Deps,
  { id }: { id: number },
): Promise<MailingStatisticDetail> {
  const one = mailingsWithCounts('SELECT * FROM mailings WHERE id = $1 AND deleted_at IS NULL');
  const mailing = await found(
    database.sql<MailingRow>(one, [id]).then((rows) => rows[0] ?? null),
    'mailing.not_found',
  );
  const byTag = await database.sql<CountsRow & { name: string | null }>(countsBy('t.name'), [id]);
  const byCode = await database.sql<CountsRow & { name: string | null }>(countsBy('o.code'), [id]);
  const perMinute = await database.sql<{ minute: Date; sent: number; first: Date; last: Date }>(sentPerMinute, [id]);
  return {
    ...toMailingStatistic(mailing),
    by_tag: byTag.map((row) => ({ name: row.name, messages: toCounts(row) })),
    by_code: byCode.map((row) => ({ code: row.name, messages: toCounts(row) })),
    first_sent: perMinute.at(0)?.first ?? null,
    last_sent: perMinute.at(-1)?.last ?? null,
    per_minute: perMinute.map(({ minute, sent }) => ({ minute, sent })),
  };
}

const messagesOfMailing = `
  FROM mailings m JOIN messages msg ON msg.id BETWEEN m.first_message_id AND m.last_message_id`;

const countsBy = (name: string) => `
  SELECT ${name} AS name, ${countsOfMessages} ${messagesOfMailing}
  LEFT JOIN clients c ON c.id = msg.client_id LEFT JOIN tags t ON t.id = c.tag_id LEFT JOIN codes o ON o.id = c.code_id
  WHERE m.id = $1 GROUP BY 1 ORDER BY 1 NULLS LAST`;

const sentPerMinute = `
  SELECT date_trunc('minute', msg.sent_at) AS minute, count(*)::float8 AS sent,
    min(msg.sent_at) AS first, max(msg.sent_at) AS last
  ${messagesOfMailing} WHERE m.id = $1 AND msg.sent_at IS NOT NULL GROUP BY 1 ORDER BY 1`;

const toMailingStatistic = (row: MailingRow): MailingStatistic => ({
  id: row.id,
  status: row.status,
  start_notification_date: row.start_at,
  end_notification_date: row.end_at,
  text: row.text,
  messages: toCounts(row),
});
