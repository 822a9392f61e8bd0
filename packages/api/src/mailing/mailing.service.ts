import { issue, type MailingStatus, type NewMailing, type Paging } from '@showroom/contract';
import type { Mailing as MailingRow, Transaction } from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { ApiError, RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked } from '../rows.js';
import { type FilterIds, isSameSet, resolveFilter } from './mailing.filter.js';
import { toMailing } from './mailing.presenter.js';
import { countMailings, readMailingRow, readMailingRows, writeFilter } from './mailing.rows.js';

type Ref = { id: number };
type Filter = Paging & { tag?: string; code?: string };

export const listMailings = (deps: Deps, { tag, code, ...paging }: Filter): Promise<PageOfRows<MailingRow>> =>
  readPage(paging, {
    count: () => countMailings(deps, { tag, code }),
    rows: (part) => readMailingRows(deps, { tag, code }, part),
  });

export const readMailing = (deps: Deps, { id }: Ref, transaction?: Transaction): Promise<MailingRow> =>
  found(readMailingRow(deps, id, transaction), 'mailing.not_found');

export async function createMailing(call: Call, input: NewMailing): Promise<MailingRow> {
  const { deps } = call;
  refuseEndBeforeStart(input.start_notification_date, input.end_notification_date);
  const filter = await resolveFilter(deps, input);
  const mailing = await creating(call, toMailing, async (transaction) => {
    const columns = {
      startAt: input.start_notification_date,
      endAt: input.end_notification_date,
      text: input.text,
      byTag: input.tags.length > 0,
      byCode: input.codes.length > 0,
    };
    const { id } = await deps.database.mailings.create(columns, { transaction });
    await writeFilter(deps, id, filter, transaction);
    return readMailing(deps, { id }, transaction);
  });
  hint(deps, mailing.id, () => deps.clock.startAt(mailing.id, mailing.startAt));
  return mailing;
}

/*
 * What may change when: everything while the mailing is scheduled; the text and the end while it runs (they apply to
 * what is unsent), but neither its start nor whom it reaches; nothing once it has ended.
 */
const endedStatuses = new Set<MailingStatus>(['completed', 'canceled', 'expired']);

export async function changeMailing(call: Call, { id, ...change }: Ref & Partial<NewMailing>): Promise<MailingRow> {
  const { deps } = call;
  const filter = await resolveFilter(deps, change);
  const mailing = await changing(call, toMailing, findMailing(call, id), async (row, transaction) => {
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    const { startAt, endAt } = toDates(row, change);
    refuseEndBeforeStart(startAt, endAt);
    const scheduled = row.status === 'scheduled';
    if (scheduled) await writeFilter(deps, id, filter, transaction);
    else refuseOtherAudience(row, startAt, filter);
    await row.update(
      {
        startAt,
        endAt,
        text: change.text ?? row.text,
        byTag: scheduled && change.tags ? change.tags.length > 0 : row.byTag,
        byCode: scheduled && change.codes ? change.codes.length > 0 : row.byCode,
      },
      { transaction },
    );
    return readMailing(deps, { id }, transaction);
  });
  hint(deps, id, () =>
    mailing.status === 'scheduled' ? deps.clock.startAt(id, mailing.startAt) : deps.clock.finishAt(id, mailing.endAt),
  );
  return mailing;
}

/** Hidden at once, and nothing more is sent; its rows are purged in the background. */
export async function deleteMailing(call: Call, { id }: Ref): Promise<void> {
  const { deps } = call;
  await deleting(call, toMailing, findMailing(call, id));
  hint(deps, id, async () => {
    await deps.clock.forget(id);
    await deps.clock.purge(id);
  });
}

/** Two steps, for a row cannot be locked together with the tags and codes that are joined to it. */
const findMailing =
  ({ deps }: Call, id: number) =>
  async (transaction: Transaction): Promise<MailingRow> => {
    await found(deps.database.mailings.findByPk(id, locked(transaction)), 'mailing.not_found');
    return readMailing(deps, { id }, transaction);
  };

const toDates = (row: MailingRow, change: Partial<NewMailing>) => ({
  startAt: change.start_notification_date ?? row.startAt,
  endAt: change.end_notification_date ?? row.endAt,
});

function refuseEndBeforeStart(startAt: Date, endAt: Date): void {
  if (endAt > startAt) return;
  throw new RefusedValues([issue('end_before_start', ['end_notification_date'], 'The end must be after the start.')]);
}

function refuseOtherAudience({ tags, codes, startAt: before }: MailingRow, startAt: Date, filter: FilterIds): void {
  const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);
  const same =
    startAt.getTime() === before.getTime() &&
    isSameSet(filter.tagIds ?? ids(tags), ids(tags)) &&
    isSameSet(filter.codeIds ?? ids(codes), ids(codes));
  if (!same) throw new ApiError('mailing.started');
}

/** Tells the workers, without making the caller wait: should the hint be lost, their sweep finds what is due. */
function hint({ logger }: Deps, mailing: number, tell: () => Promise<void>): void {
  tell().catch((error) => logger.warn({ err: error, mailing }, 'the job store did not take a hint; the sweep will'));
}
