import type { MailingPreview, Showroom } from '@showroom/sdk';
import { showDate } from './moment.js';
import type { Terminal } from './terminal.js';

/** How many tags and codes of an audience are named. */
const mostNamed = 5;

/** @example toCount(1_234, 'client') // '1,234 clients' */
export const toCount = (count: number, what: string): string =>
  `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;

/** What a stored mailing would do; of one that has started, what is left of it. */
export async function previewMailing(showroom: Showroom, terminal: Terminal, id: number): Promise<void> {
  const preview = await showroom.mailing.previewStored(id);
  for (const line of describePreview(preview)) terminal.say(line);
  terminal.tell(preview);
}

/** What a mailing would do, line by line. Of one that has started: what is left. */
export function describePreview(preview: MailingPreview): string[] {
  return [
    // A service of an older version does not tell what is left.
    ...(typeof preview.left === 'number' ? [toLeft(preview.left)] : toWhole(preview)),
    ...(preview.left === 0 ? [] : [toTime(preview)]),
    ...toMisses(preview),
    ...preview.warnings.map((warning) => `Warning: ${warning}`),
  ];
}

const toWhole = (preview: MailingPreview): string[] => [toAudience(preview), ...toSample(preview), toParts(preview)];

const toLeft = (left: number): string =>
  left === 0 ? 'Nothing is left to send.' : `${toCount(left, 'message')} left.`;

function toAudience({ audience, by_tag, by_code }: MailingPreview): string {
  if (audience === 0) return 'No client matches, so no messages would be sent.';
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

const sources: Record<MailingPreview['rate_from'], string> = {
  this_mailing: ', which it reached within the last minute,',
  mailing: ', its limit,',
  provider: ', the limit of the provider,',
  last_mailing: ', which the last mailing reached,',
  none: '',
};

function toTime({ per_second, rate_from, seconds, finishes_at }: MailingPreview): string {
  if (per_second === null) return 'The duration is not known: no rate is set, and no earlier mailing gives one.';
  const shown = per_second.toLocaleString('en', { maximumSignificantDigits: 3 });
  const rate = `At ${shown} a second${sources[rate_from]}`;
  if (seconds === null || finishes_at === null) return `${rate} nothing would be sent in time.`;
  return `${rate} it takes ${toCount(seconds, 'second')}, until ${showDate(finishes_at)}.`;
}

function toMisses({ misses, misses_window }: MailingPreview): string[] {
  if (misses === 0) return [];
  const window =
    misses_window > 0 ? `, ${misses_window.toLocaleString('en')} of them because of the hours when it may send` : '';
  return [`${toCount(misses, 'client')} would not get it before the end${window}.`];
}
