import type { MailingStatistic, MailingStatus } from '@showroom/contract';
import {
  type CountsRow,
  countsOfAll,
  countsOfMailing,
  type Statements,
  sentPerMinute,
  toCounts,
} from '@showroom/database';
import { toStatisticPdf } from './draw.js';
import type { Letter, Mailer } from './mailer.js';
import { toNumber } from './pdf.js';
import { statuses } from './statuses.js';

interface Deps {
  database: Statements;
  mailer: Mailer;
  /** Whose days are meant: an IANA time zone. */
  timezone: string;
}

/** A mailing that ran on the day, with all its counts, and how many of its messages were sent on that day. */
type MailingOfDay = MailingStatistic & { readonly sentThatDay: number };

/** A report that is being sent for this long was left by a worker that died. */
const patience = '10 minutes';

// known_zone, because PostgreSQL alone would take CET for an abbreviation, without summer time.
const claimYesterday = `
  INSERT INTO reports AS r (day) VALUES ((clock_timestamp() AT TIME ZONE known_zone($1))::date - 1)
  ON CONFLICT (day) DO UPDATE SET claimed_at = clock_timestamp()
    WHERE r.sent_at IS NULL AND r.claimed_at < clock_timestamp() - interval '${patience}'
  RETURNING day::text AS day`;

/**
 * Writes about yesterday, once: whoever comes second finds that it was done, or is being done. What fails is left for the
 * next try.
 *
 * @returns the day that was written about, as `2026-11-27`; null when there was nothing left to do
 */
export async function sendDailyReport({ database, mailer, timezone }: Deps): Promise<string | null> {
  const [claimed] = await database.sql<{ day: string }>(claimYesterday, [timezone]);
  if (!claimed) return null;
  const { day } = claimed;
  try {
    await mailer.send(await writeLetter(database, day, timezone));
  } catch (error) {
    await database.sql(`UPDATE reports SET claimed_at = '-infinity' WHERE day = $1`, [day]);
    throw error;
  }
  await database.sql('UPDATE reports SET sent_at = clock_timestamp() WHERE day = $1', [day]);
  return day;
}

async function writeLetter(database: Statements, day: string, timezone: string): Promise<Letter> {
  const mailings = await readMailingsOf(database, day, timezone);
  const [totals] = await database.sql<CountsRow>(countsOfAll);
  const sent = mailings.reduce((sum, { sentThatDay }) => sum + sentThatDay, 0);
  const about = `${toNumber(sent)} messages were sent on ${day} (${timezone}), by ${mailings.length} mailings.`;
  const lines = mailings.map(toLine);
  const inAll = `In all: ${toNumber(totals!.sent)} sent of ${toNumber(totals!.total)} messages.`;
  const statistic = {
    mailings: mailings.length,
    clients: await database.countClients(),
    messages: toCounts(sumOf(mailings)),
    results: mailings,
  };
  return {
    subject: `Showroom: ${toNumber(sent)} messages sent on ${day}`,
    text: [about, '', ...lines, ...(lines.length > 0 ? [''] : []), inAll, ''].join('\n'),
    html: toHtml(about, mailings, inAll),
    attachment: {
      filename: `showroom-${day}.pdf`,
      content: await toStatisticPdf(statistic, { title: `Statistics of ${day}`, about }),
    },
  };
}

interface Row extends CountsRow {
  id: number;
  status: MailingStatus;
  start_at: Date;
  end_at: Date;
  text: string;
  day_start: Date;
  day_end: Date;
}

const mailingsOfDay = `
  SELECT m.id, m.status, m.start_at, m.end_at, m.text, day.*, counts.*
  FROM (
      SELECT $1::date::timestamp AT TIME ZONE zone AS day_start, ($1::date + 1)::timestamp AT TIME ZONE zone AS day_end
      FROM (SELECT known_zone($2) AS zone) AS reading) AS day,
    mailings m, LATERAL (${countsOfMailing('m.id')}) AS counts
  WHERE m.deleted_at IS NULL AND m.started_at < day.day_end AND (m.finished_at IS NULL OR m.finished_at >= day.day_start)
  ORDER BY m.id`;

async function readMailingsOf({ sql }: Statements, day: string, timezone: string): Promise<MailingOfDay[]> {
  const rows = await sql<Row>(mailingsOfDay, [day, timezone]);
  const mailings: MailingOfDay[] = [];
  for (const row of rows) {
    const minutes = await sql<{ minute: Date; sent: number }>(sentPerMinute, [row.id]);
    const ofDay = minutes.filter(({ minute }) => minute >= row.day_start && minute < row.day_end);
    mailings.push({
      id: row.id,
      status: row.status,
      start_notification_date: row.start_at,
      end_notification_date: row.end_at,
      text: row.text,
      messages: toCounts(row),
      sentThatDay: ofDay.reduce((sum, { sent }) => sum + sent, 0),
    });
  }
  return mailings;
}

function sumOf(mailings: MailingOfDay[]): CountsRow {
  const sum = (name: keyof CountsRow) => mailings.reduce((total, { messages }) => total + messages[name], 0);
  const counts = statuses.map((status) => [status, sum(status)]);
  return { ...Object.fromEntries(counts), total: sum('total') } as CountsRow;
}

const shorten = (text: string) => (text.length > 80 ? `${text.slice(0, 80)}…` : text).replaceAll(/\s+/g, ' ');

function toLine({ id, status, text, messages, sentThatDay }: MailingOfDay): string {
  const others = statuses
    .filter((name) => name !== 'sent' && messages[name] > 0)
    .map((name) => `, ${toNumber(messages[name])} ${name}`);
  const counts = `${toNumber(messages.sent)} sent of ${toNumber(messages.total)}${others.join('')}`;
  return `Mailing ${id} (${status}), ${toNumber(sentThatDay)} sent that day: ${counts}. “${shorten(text)}”`;
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!);

function toHtml(about: string, mailings: MailingOfDay[], inAll: string): string {
  const cell = (value: string | number) =>
    typeof value === 'number' ? `<td align="right">${toNumber(value)}</td>` : `<td>${escapeHtml(value)}</td>`;
  const head = ['Mailing', 'Status', 'Text', 'Sent that day', 'Total', ...statuses].map((name) => `<th>${name}</th>`);
  const rows = mailings.map(({ id, status, text, sentThatDay, messages }) => {
    const counts = [messages.total, ...statuses.map((name) => messages[name])];
    return `<tr>${[String(id), status, shorten(text), sentThatDay, ...counts].map(cell).join('')}</tr>`;
  });
  const table = `<table cellpadding="4" border="1" style="border-collapse: collapse"><tr>${head.join('')}</tr>${rows.join('')}</table>`;
  return `<p>${escapeHtml(about)}</p>${mailings.length > 0 ? table : ''}<p>${escapeHtml(inAll)}</p>`;
}
