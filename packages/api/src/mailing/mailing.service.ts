import { issue, type MailingStatus, type NewMailing, type Paging } from '@showroom/contract';
import type { Mailing as MailingRow } from '@showroom/database';
import type { Deps } from '../context.js';
import { ApiError, RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found } from '../rows.js';
import { type FilterIds, isSameSet, resolveFilter } from './mailing.filter.js';
import { countMailings, readMailingRow, readMailingRows, writeFilter } from './mailing.rows.js';

type Ref = { id: number };
type Filter = Paging & { tag?: string; code?: string };

export const listMailings = (deps: Deps, { tag, code, ...paging }: Filter): Promise<PageOfRows<MailingRow>> =>
  readPage(paging, {
    count: () => countMailings(deps, { tag, code }),
    rows: (part) => readMailingRows(deps, { tag, code }, part),
  });

export const readMailing = (deps: Deps, { id }: Ref): Promise<MailingRow> =>
  found(readMailingRow(deps, id), 'mailing.not_found');

export async function createMailing(deps: Deps, input: NewMailing): Promise<MailingRow> {
  refuseEndBeforeStart(input.start_notification_date, input.end_notification_date);
  const filter = await resolveFilter(deps, input);
  const id = await deps.database.transaction(async (transaction) => {
    const columns = {
      startAt: input.start_notification_date,
      endAt: input.end_notification_date,
      text: input.text,
      byTag: input.tags.length > 0,
      byCode: input.codes.length > 0,
    };
    const mailing = await deps.database.mailings.create(columns, { transaction });
    await writeFilter(deps, mailing.id, filter, transaction);
    return mailing.id;
  });
  const mailing = await readMailing(deps, { id });
  hint(deps, id, () => deps.clock.startAt(id, mailing.startAt));
  return mailing;
}

/*
 * What may change when: everything while the mailing is scheduled; the text and the end while it runs (they apply to
 * what is unsent), but neither its start nor whom it reaches; nothing once it has ended.
 */
const endedStatuses = new Set<MailingStatus>(['completed', 'canceled', 'expired']);

export async function changeMailing(deps: Deps, { id, ...change }: Ref & Partial<NewMailing>): Promise<MailingRow> {
  const filter = await resolveFilter(deps, change);
  await deps.database.transaction(async (transaction) => {
    const lock = { transaction, lock: transaction.LOCK.UPDATE };
    const row = await found(deps.database.mailings.findByPk(id, lock), 'mailing.not_found');
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    const { startAt, endAt } = toDates(row, change);
    refuseEndBeforeStart(startAt, endAt);
    if (row.status !== 'scheduled') await refuseOtherAudience(deps, row, startAt, filter);
    else await writeFilter(deps, id, filter, transaction);
    const scheduled = row.status === 'scheduled';
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
  });
  const mailing = await readMailing(deps, { id });
  hint(deps, id, () =>
    mailing.status === 'scheduled' ? deps.clock.startAt(id, mailing.startAt) : deps.clock.finishAt(id, mailing.endAt),
  );
  return mailing;
}

/** Hidden at once, and nothing more is sent; its rows are purged in the background. */
export async function deleteMailing(deps: Deps, { id }: Ref): Promise<void> {
  await (await readMailing(deps, { id })).destroy();
  hint(deps, id, async () => {
    await deps.clock.forget(id);
    await deps.clock.purge(id);
  });
}

const toDates = (row: MailingRow, change: Partial<NewMailing>) => ({
  startAt: change.start_notification_date ?? row.startAt,
  endAt: change.end_notification_date ?? row.endAt,
});

function refuseEndBeforeStart(startAt: Date, endAt: Date): void {
  if (endAt > startAt) return;
  throw new RefusedValues([issue('end_before_start', ['end_notification_date'], 'The end must be after the start.')]);
}

async function refuseOtherAudience(deps: Deps, row: MailingRow, startAt: Date, filter: FilterIds): Promise<void> {
  const { tags, codes } = await readMailing(deps, row);
  const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);
  const same =
    startAt.getTime() === row.startAt.getTime() &&
    isSameSet(filter.tagIds ?? ids(tags), ids(tags)) &&
    isSameSet(filter.codeIds ?? ids(codes), ids(codes));
  if (!same) throw new ApiError('mailing.started');
}

/** Tells the workers, without making the caller wait: should the hint be lost, their sweep finds what is due. */
function hint({ logger }: Deps, mailing: number, tell: () => Promise<void>): void {
  tell().catch((error) => logger.warn({ err: error, mailing }, 'the job store did not take a hint; the sweep will'));
}
