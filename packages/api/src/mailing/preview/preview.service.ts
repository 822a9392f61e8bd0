import type { MailingPreview, NewMailing } from '@showroom/contract';
import { type Mailing as MailingRow, readSendingStop } from '@showroom/database';
import type { Call } from '../../context.js';
import { explainStop } from '../../sending/sending.words.js';
import { lostOf } from '../mailing.filter.js';
import { planMailing, readMailing } from '../mailing.service.js';
import type { Times } from '../mailing.times.js';
import { type Picks, readAudience } from './audience.js';
import { forecast } from './forecast.js';
import { readRate } from './rate.js';
import { toSmsParts } from './sms.js';
import { judgeTimezones } from './timezones.js';
import { readWhatIsLeft } from './what-is-left.js';

interface Draft extends Picks, Times {
  readonly text: string;
  readonly sendPerSecond: number | null;
}

/** A mailing that is not there yet, refused for what its creation would be refused for. */
export async function previewDraft(call: Call, mailing: NewMailing): Promise<MailingPreview> {
  const { filter, ...columns } = await planMailing(call.deps, mailing);
  const { tagIds = [], codeIds = [] } = filter;
  return preview(call, { ...columns, tagIds, codeIds }, []);
}

/**
 * A mailing as it is now, to whom would match now. What is left of one that has started was settled at its start, and goes
 * on at its current rate.
 */
export async function previewMailing(call: Call, ref: { id: number }): Promise<MailingPreview> {
  const mailing = await readMailing(call.deps, ref);
  const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);
  const { text, startAt, endAt, byTag, byCode, sendWindowStart, sendWindowEnd, sendPerSecond } = mailing;
  const picks = { byTag, byCode, tagIds: ids(mailing.tags), codeIds: ids(mailing.codes) };
  const draft = { ...picks, text, startAt, endAt, sendWindowStart, sendWindowEnd, sendPerSecond };
  return preview(call, draft, tellLost(mailing), mailing.startedAt === null ? undefined : mailing);
}

function tellLost(mailing: MailingRow): string[] {
  const lost = lostOf(mailing);
  const tell = (field: 'tags' | 'codes') =>
    `No client matches: the ${field} of this mailing were deleted. Set others with PATCH /mailing/${mailing.id}/.`;
  return (['tags', 'codes'] as const).filter((field) => lost[field]).map(tell);
}

async function preview(
  { deps, caller }: Call,
  draft: Draft,
  warnings: string[],
  started?: MailingRow,
): Promise<MailingPreview> {
  const maySeeClients = caller.isSuperuser || caller.permissions.has('view_client');
  const { zones, ...audience } = await readAudience(deps, draft, maySeeClients);
  const { warnings: ofZones, ...counts } = await judgeTimezones(deps, zones);
  const stop = await readSendingStop(deps.database);
  const left = started && (await readWhatIsLeft(deps, started, stop !== null));
  const rate = left?.rate ?? (await readRate(deps, draft.sendPerSecond));
  return {
    ...audience,
    ...counts,
    sms: toSmsParts(draft.text, audience.audience),
    left: left ? left.zones.reduce((sum, { clients }) => sum + clients, 0) : null,
    ...rate,
    ...(await forecast(deps, draft, left?.zones ?? zones, rate.per_second)),
    warnings: [
      ...warnings,
      // Without a window, nobody's hours matter.
      ...(draft.sendWindowStart === null ? [] : ofZones),
      ...(stop ? [`Nothing is sent now. ${explainStop(stop)}`] : []),
      ...(left?.warnings ?? []),
    ],
  };
}
