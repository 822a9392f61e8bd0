import type { MailingStatisticDetail, MessageCounts } from '@showroom/contract';
import type { Content } from 'pdfmake/interfaces.js';
import { toBarChart } from './chart.js';
import { toMoment, toNumber, toPdf, toTable } from './pdf.js';
import { countsHead, toCountsLine, toCountsRow } from './statuses.js';

const chartWidth = 515;
const mostBars = 60;
const color = '#2e9e5b';

/** People read the document: it shows no more tags, and no more codes, than this. */
const mostGroups = 500;

interface Group {
  readonly name: string | null;
  readonly messages: MessageCounts;
}

interface Groups {
  readonly told: readonly Group[];
  readonly left: number;
}

interface Sending {
  readonly chart: ReturnType<typeof gather>;
  readonly first: Date;
  readonly last: Date;
}

/** What the document shows of one mailing, and no more: it is copied to the thread. */
export interface MailingDrawing {
  readonly kind: 'mailing';
  readonly mailing: Omit<MailingStatisticDetail, 'by_tag' | 'by_code' | 'per_minute'>;
  readonly sending: Sending | null;
  readonly tags: Groups;
  readonly codes: Groups;
  readonly madeAt: Date;
}

export function toMailingDrawing(statistic: MailingStatisticDetail, madeAt: Date): MailingDrawing {
  const { by_tag, by_code, per_minute, ...mailing } = statistic;
  const { first_sent: first, last_sent: last } = mailing;
  return {
    kind: 'mailing',
    mailing,
    sending: first !== null && last !== null ? { chart: gather(per_minute), first, last } : null,
    tags: toGroups(by_tag),
    codes: toGroups(by_code.map(({ code, messages }) => ({ name: code, messages }))),
    madeAt,
  };
}

const toGroups = (groups: readonly Group[]): Groups => ({
  told: groups.slice(0, mostGroups),
  left: Math.max(0, groups.length - mostGroups),
});

/** The statistics of one mailing: what became of its messages, when they were sent, by tag and by code. */
export function drawMailing({ mailing, sending, tags, codes, madeAt }: MailingDrawing): Promise<Buffer> {
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
      ...(sending ? toSendingPart(sending) : []),
      ...toGroupsPart('By tag', 'tag', tags),
      ...toGroupsPart('By mobile operator code', 'code', codes),
    ],
  });
}

function toSendingPart({ chart: { minutes, bars }, first, last }: Sending): Content[] {
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
const toGroupsPart = (heading: string, head: string, { told, left }: Groups): Content[] =>
  told.length === 0
    ? []
    : [
        { text: heading, style: 'heading' },
        toTable(
          [head, ...countsHead],
          told.map(({ name, messages }) => [name ?? '(deleted since)', ...toCountsRow(messages)]),
          ['*', ...countsHead.map(() => 'auto' as const)],
        ),
        ...(left > 0 ? [{ text: `And ${toNumber(left)} more.`, style: 'quiet' }] : []),
      ];
