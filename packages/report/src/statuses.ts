import type { MessageCounts, MessageStatus } from '@showroom/contract';
import type { Content } from 'pdfmake/interfaces.js';
import { toNumber } from './pdf.js';

/** In the order in which they are told and stacked. */
export const statuses: readonly MessageStatus[] = ['sent', 'pending', 'failed', 'unknown', 'expired', 'canceled'];

const colors: Record<MessageStatus, string> = {
  sent: '#2e9e5b',
  pending: '#9bb8d9',
  failed: '#d64545',
  unknown: '#e39b2d',
  expired: '#8a6fb3',
  canceled: '#a8a8a8',
};

/** A bar's parts. */
export const toParts = (counts: MessageCounts) =>
  statuses.map((status) => ({ value: counts[status], color: colors[status] }));

/** How many there are of each status, in its color: the legend of every chart. */
export const toCountsLine = (counts: MessageCounts): Content => ({
  text: [
    { text: `${toNumber(counts.total)} messages`, bold: true },
    ...statuses.flatMap((status) => [
      { text: '    ■ ', color: colors[status] },
      { text: `${status}\u00a0${toNumber(counts[status])}` },
    ]),
  ],
});

export const countsHead = ['total', ...statuses];
export const toCountsRow = (counts: MessageCounts): number[] => [
  counts.total,
  ...statuses.map((status) => counts[status]),
];
