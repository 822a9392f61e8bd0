import type { MailingStatisticDetail, MessageCounts } from '@showroom/contract';
import { toBarChart } from './chart.js';
import { toMoment, toNumber, toPdf, toTable } from './pdf.js';
import { countsHead, toCountsLine, toCountsRow } from './statuses.js';

const chartWidth = 515;
const mostBars = 60;
const color = '#2e9e5b';

/**
 * The statistics of one mailing as a PDF: what became of its messages, when they were sent, by tag and by code.
 *
 * @example const bytes = await toMailingPdf(await readMailingStatistic(deps, { id: 12 }));
 */
export function toMailingPdf(mailing: MailingStatisticDetail, madeAt = new Date()): Promise<Buffer> {
  const { first_sent, last_sent, per_minute } = mailing;
  const isSent = first_sent !== null && last_sent !== null;
  return toPdf({
    title: `Mailing ${mailing.id}`,
    madeAt,
    orientation: 'portrait',
    content: [
      { text: `“${mailing.text}”`, italics: true, margin: [0, 8, 0, 8] },
      {
        text: `${mailing.status}, from ${toMoment(mailing.start_notification_date)} to ${toMoment(mailing.end_notification_date)}`,
        margin: [0, 0, 0, 4],
      },
      toCountsLine(mailing.messages),
      ...(isSent ? toSendingPart(per_minute, first_sent, last_sent) : []),
      ...toGroups(
        'By tag',
        'tag',
        mailing.by_tag.map(({ name, messages }) => ({ name, messages })),
      ),
      ...toGroups(
        'By mobile operator code',
        'code',
        mailing.by_code.map(({ code, messages }) => ({ name: code, messages })),
      ),
    ],
  });
}

function toSendingPart(perMinute: MailingStatisticDetail['per_minute'], first: Date, last: Date) {
  const { minutes, bars } = gather(perMinute);
  const each = minutes === 1 ? 'minute' : `${toNumber(minutes)} minutes`;
  return [
    { text: `Sent in each ${each}`, style: 'heading' },
    { svg: toBarChart(bars, chartWidth, Math.ceil(bars.length / 8)) },
    { text: `The first at ${toMoment(first)}, the last at ${toMoment(last)}.`, style: 'quiet' },
  ];
}

/** Minutes side by side, as many in a bar as it takes to have no more than so many bars; those without any count too. */
function gather(perMinute: MailingStatisticDetail['per_minute']) {
  const toMinute = (at: Date) => Math.floor(at.getTime() / 60_000);
  const start = toMinute(perMinute[0]!.minute);
  const span = toMinute(perMinute.at(-1)!.minute) - start + 1;
  const minutes = Math.ceil(span / mostBars);
  const sums = new Array<number>(Math.ceil(span / minutes)).fill(0);
  for (const { minute, sent } of perMinute) sums[Math.floor((toMinute(minute) - start) / minutes)]! += sent;
  const bars = sums.map((value, index) => {
    const at = new Date((start + index * minutes) * 60_000).toISOString();
    return { label: span > 1_440 ? at.slice(5, 16).replace('T', ' ') : at.slice(11, 16), parts: [{ value, color }] };
  });
  return { minutes, bars };
}

/** Clients that were deleted since have neither tag nor code. */
const toGroups = (heading: string, head: string, groups: { name: string | null; messages: MessageCounts }[]) =>
  groups.length === 0
    ? []
    : [
        { text: heading, style: 'heading' },
        toTable(
          [head, ...countsHead],
          groups.map(({ name, messages }) => [name ?? '(deleted since)', ...toCountsRow(messages)]),
          ['*', ...countsHead.map(() => 'auto' as const)],
        ),
      ];
