import {
  contract,
  type MailingStatistic,
  type MailingStatisticDetail,
  type MailingStatus,
  type Paging,
  type Statistic,
} from '@showroom/contract';
import {
  type CountsRow,
  countsBy,
  countsOfAll,
  countsOfMailing,
  readSendingStop,
  sentPerMinute,
  sumUp,
  toCounts,
} from '@showroom/database';
import type { Deps } from '../context.js';
import { readPage } from '../page.js';
import { found } from '../rows.js';

interface MailingRow extends CountsRow {
  id: number;
  status: MailingStatus;
  start_at: Date;
  end_at: Date;
  text: string;
}

const mailingsWithCounts = (mailings: string) => `
  SELECT m.id, m.status, m.start_at, m.end_at, m.text, counts.*
  FROM (${mailings}) m, LATERAL (${countsOfMailing('m.id')}) AS counts ORDER BY m.id`;

const page = `
  SELECT * FROM mailings WHERE deleted_at IS NULL AND ($3::bigint IS NULL OR id > $3) ORDER BY id LIMIT $1 OFFSET $2`;

/** All mailings, unless a part of them is asked for. */
export async function readStatistic(
  { database }: Deps,
  { limit = contract.statistic.list.defaultLimit, ...paging }: Paging,
): Promise<Statistic> {
  const { count, rows } = await readPage(
    { ...paging, limit },
    {
      count: () => database.mailings.count(),
      rows: ({ limit, offset, after }) =>
        database.sql<MailingRow>(mailingsWithCounts(page), [limit, offset, after ?? null]),
      idOf: ({ id }) => id,
    },
  );
  const totals = await database.sql<CountsRow>(countsOfAll);
  return {
    mailings: count,
    clients: await database.countClients(),
    messages: toCounts(totals[0]!),
    sending_stopped: (await readSendingStop(database)) !== null,
    results: rows.map(toMailingStatistic),
  };
}

export async function readMailingStatistic(
  { database }: Deps,
  { id }: { id: number },
): Promise<MailingStatisticDetail> {
  await database.transaction((transaction) =>
    sumUp((statement, values) => database.sql(statement, values, transaction), id),
  );
  const one = mailingsWithCounts('SELECT * FROM mailings WHERE id = $1 AND deleted_at IS NULL');
  const mailing = await found(
    database.sql<MailingRow>(one, [id]).then((rows) => rows[0] ?? null),
    'mailing.not_found',
  );
  const byTag = await database.sql<CountsRow & { name: string | null }>(countsBy('tag'), [id]);
  const byCode = await database.sql<CountsRow & { name: string | null }>(countsBy('code'), [id]);
  const perMinute = await database.sql<{ minute: Date; sent: number; first: Date; last: Date }>(sentPerMinute, [id]);
  return {
    ...toMailingStatistic(mailing),
    sending_stopped: (await readSendingStop(database)) !== null,
    by_tag: byTag.map((row) => ({ name: row.name, messages: toCounts(row) })),
    by_code: byCode.map((row) => ({ code: row.name, messages: toCounts(row) })),
    first_sent: perMinute.at(0)?.first ?? null,
    last_sent: perMinute.at(-1)?.last ?? null,
    per_minute: perMinute.map(({ minute, sent }) => ({ minute, sent })),
  };
}

const toMailingStatistic = (row: MailingRow): MailingStatistic => ({
  id: row.id,
  status: row.status,
  start_notification_date: row.start_at,
  end_notification_date: row.end_at,
  text: row.text,
  messages: toCounts(row),
});
