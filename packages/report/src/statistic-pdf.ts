import type { MailingStatistic, Statistic } from '@showroom/contract';
import { toBarChart } from './chart.js';
import { toMoment, toNumber, toPdf, toTable } from './pdf.js';
import { countsHead, toCountsLine, toCountsRow, toParts } from './statuses.js';

/** A document is to be read: of more mailings than this, the latest are told. */
const mostMailings = 500;
const mostBars = 40;
const chartWidth = 760;

export interface Heading {
  title?: string;
  /** A line below the title. */
  about?: string;
  madeAt?: Date;
}

/** A document is read later: whether sending is stopped now says nothing in it. */
export type DrawnStatistic = Omit<Statistic, 'sending_stopped'>;

/** What the document shows of all mailings, and no more: it is copied to the thread. */
export interface StatisticDrawing {
  readonly kind: 'statistic';
  readonly statistic: DrawnStatistic;
  readonly heading: Heading;
}

export const toStatisticDrawing = (statistic: DrawnStatistic, heading: Heading): StatisticDrawing => ({
  kind: 'statistic',
  statistic: { ...statistic, results: statistic.results.slice(-mostMailings) },
  heading,
});

/** The statistics of all mailings: the sums, a chart of the latest mailings, and a table. */
export function drawStatistic({
  statistic: { mailings, clients, messages, results },
  heading: { title = 'Statistics', about, madeAt = new Date() },
}: StatisticDrawing): Promise<Buffer> {
  const latest = [...results].reverse();
  const charted = results.slice(-mostBars);
  const left = mailings - latest.length;
  return toPdf({
    title,
    madeAt,
    orientation: 'landscape',
    content: [
      ...(about ? [{ text: about, margin: [0, 4, 0, 0] as [number, number, number, number] }] : []),
      { text: `${toNumber(mailings)} mailings, ${toNumber(clients)} clients`, margin: [0, 8, 0, 4] },
      toCountsLine(messages),
      ...(charted.length > 0
        ? [
            { text: `Messages of the latest ${charted.length} mailings, by status`, style: 'heading' },
            { svg: toBarChart(charted.map(toBar), chartWidth, Math.ceil(charted.length / 20)) },
            { text: 'Mailings', style: 'heading' },
            toTable(['id', 'status', 'start', 'end', 'text', ...countsHead], latest.map(toRow), [
              'auto',
              'auto',
              54,
              54,
              '*',
              ...countsHead.map(() => 'auto' as const),
            ]),
          ]
        : []),
      ...(left > 0 ? [{ text: `And ${toNumber(left)} more.`, style: 'quiet', margin: 4 }] : []),
    ],
  });
}

const toBar = ({ id, messages }: MailingStatistic) => ({ label: String(id), parts: toParts(messages) });

const toRow = (mailing: MailingStatistic) => [
  String(mailing.id),
  mailing.status,
  toMoment(mailing.start_notification_date),
  toMoment(mailing.end_notification_date),
  mailing.text.length > 120 ? `${mailing.text.slice(0, 120)}…` : mailing.text,
  ...toCountsRow(mailing.messages),
];
