import type { MailingCreateInput } from '@showroom/sdk';
import type { Place } from './calling.js';
import { Mistake } from './mistake.js';
import { type Moment, showDate } from './moment.js';
import { describePreview, toCount } from './preview.js';

export interface NewMailingOptions {
  text: string;
  tag?: string[];
  code?: string[];
  everybody?: boolean;
  start: Moment;
  end: Moment;
  perSecond?: number;
  watch?: boolean;
  yes?: boolean;
  dryRun?: boolean;
}

/**
 * Makes a mailing, once somebody has seen whom it reaches and has said yes, or has said so beforehand.
 *
 * @returns its id; undefined where none was made
 * @throws {Mistake} before anything is asked of the service, when it is not said whom it is for, or nobody can be asked
 */
export async function createMailing(place: Place, options: NewMailingOptions): Promise<number | undefined> {
  requireAudience(options);
  const { showroom, terminal } = place;
  if (!options.yes && !options.dryRun && !terminal.canAsk) {
    throw new Mistake('This is not a terminal, so showroom cannot ask. Add --yes to send, or --dry-run to preview.');
  }
  const draft = await toDraft(place, options);
  if (options.dryRun) {
    const preview = await showroom.mailing.preview(draft);
    for (const line of describePreview(preview)) terminal.say(line);
    terminal.tell(preview);
    return undefined;
  }
  terminal.whenStopped('Stopped. No mailing was created.');
  if (!options.yes && !(await isWanted(place, draft))) {
    terminal.note('No mailing was created.');
    return undefined;
  }
  terminal.whenStopped('Stopped. The mailing may have been created: check with showroom statistic.');
  const mailing = await showroom.mailing.create(draft);
  terminal.say(`Created mailing ${mailing.id}.`);
  if (!options.watch) terminal.tell(mailing);
  return mailing.id;
}

function requireAudience({ tag = [], code = [], everybody }: NewMailingOptions): void {
  const isNarrowed = tag.length > 0 || code.length > 0;
  if (everybody && isNarrowed) {
    throw new Mistake('--everybody does not go with --tag or --code: say for whom it is in one of the two ways.');
  }
  if (!everybody && !isNarrowed) {
    throw new Mistake('Choose the audience: --tag or --code for some clients, --everybody for all.');
  }
}

async function isWanted({ showroom, terminal }: Place, draft: MailingCreateInput): Promise<boolean> {
  const preview = await showroom.mailing.preview(draft);
  for (const line of describePreview(preview)) terminal.note(line);
  return terminal.confirm(`Send to ${toCount(preview.audience, 'client')}?`);
}

/** What the service is asked for; each date is repeated as it was understood. */
async function toDraft(place: Place, { text, tag, code, start, end, perSecond }: NewMailingOptions) {
  const startsAt = isNow(start) ? 'now' : await toDate(place, start);
  const endsAt = await toDate(place, end);
  place.terminal.note(`Start: ${startsAt === 'now' ? startsAt : showDate(startsAt)}`);
  place.terminal.note(`End:   ${showDate(endsAt)}`);
  const draft: MailingCreateInput = {
    text,
    tags: tag ?? [],
    codes: code ?? [],
    start_notification_date: startsAt,
    end_notification_date: endsAt,
    ...(perSecond !== undefined && { send_per_second: perSecond }),
  };
  return draft;
}

const isNow = (moment: Moment) => 'afterMs' in moment && moment.afterMs === 0;

/** Durations count from the service's now, in whole seconds: the clock of this machine may differ. */
async function toDate({ showroom, clock }: Place, moment: Moment): Promise<Date> {
  if ('at' in moment) return moment.at;
  await showroom.auth.me();
  return new Date(Math.floor((Date.now() + clock.aheadMs() + moment.afterMs) / 1_000) * 1_000);
}
