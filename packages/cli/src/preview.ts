import type { MailingPreview } from '@showroom/sdk';
import { showDate } from './moment.js';

/** How many tags and codes of an audience are named. */
const mostNamed = 5;

/** @example toCount(1_234, 'client') // '1,234 clients' */
export const toCount = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** What a mailing would do, line by line. */
export function describePreview(preview: MailingPreview): string[] {
  return [
    toAudience(preview),
    ...toSample(preview),
    toParts(preview),
    toTime(preview),
    ...toMisses(preview),
    ...preview.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

function toAudience({ audience, by_tag, by_code }: MailingPreview): string {
  if (audience === 0) return 'It would reach nobody: no client matches now.';
  const tags = toNames(
    'tag',
    by_tag.map(({ name, clients }) => ({ name, clients })),
  );
  const codes = toNames(
    'code',
    by_code.map(({ code, clients }) => ({ name: code, clients })),
  );
  return `It would reach ${toCount(audience, 'client')}: ${tags}; ${codes}.`;
}

function toNames(what: string, parts: { name: string; clients: number }[]): string {
  const named = parts.slice(0, mostNamed).map(({ name, clients }) => `${name} ${clients.toLocaleString('en')}`);
  const others = parts.length > mostNamed ? `, and ${parts.length - mostNamed} more` : '';
  return `${what} ${named.join(', ')}${others}`;
}

const toSample = ({ sample }: MailingPreview): string[] =>
  sample.length === 0
    ? []
    : [
        `Among them: ${sample
          .slice(0, 3)
          .map(({ phone_number, timezone }) => `${phone_number} (${timezone})`)
          .join(', ')}.`,
      ];

const toParts = ({ sms: { parts, encoding, total_parts } }: MailingPreview): string =>
  `The text takes ${toCount(parts, 'SMS part')} each (${encoding}), ${total_parts.toLocaleString('en')} in all.`;

function toTime({ per_second, seconds, finishes_at }: MailingPreview): string {
  if (per_second === null) return 'How long it takes is not known: no rate is set, and no mailing has shown one yet.';
  const rate = `At ${per_second.toLocaleString('en')} a second`;
  if (seconds === null || finishes_at === null) return `${rate} nothing would be sent in time.`;
  return `${rate} it takes ${toCount(seconds, 'second')}, until ${showDate(finishes_at)}.`;
}

function toMisses({ misses, misses_window }: MailingPreview): string[] {
  if (misses === 0) return [];
  const window =
    misses_window > 0 ? `, ${misses_window.toLocaleString('en')} of them because of the hours when it may send` : '';
  return [`${toCount(misses, 'client')} would not get it before the end${window}.`];
}
