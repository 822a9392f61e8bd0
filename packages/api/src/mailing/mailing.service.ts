import type { CustomIssue, MailingStatus, NewMailing, Paging } from '@showroom/contract';
import type { Mailing as MailingRow, Transaction } from '@showroom/database';
import { changing, creating, deleting } from '../audit/changing.js';
import type { Call, Deps } from '../context.js';
import { ApiError, RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { found, locked } from '../rows.js';
import { type FilterIds, findFilter, isSameSet, judgeLostFilter, namesToFind } from './mailing.filter.js';
import { toMailing } from './mailing.presenter.js';
import { countMailings, type ListedMailing, readMailingRow, readMailingRows, writeFilter } from './mailing.rows.js';
import { judgeDates, judgeTimes, readClock, type Times, toTimes } from './mailing.times.js';

type Ref = { id: number };
type Filter = Paging & { tag?: string; code?: string };

export const listMailings = (deps: Deps, { tag, code, ...paging }: Filter): Promise<PageOfRows<ListedMailing>> =>
  readPage(paging, {
    count: () => countMailings(deps, { tag, code }),
    rows: (part) => readMailingRows(deps, { tag, code }, part),
    idOf: ({ id }) => id,
  });

export const readMailing = (deps: Deps, { id }: Ref, transaction?: Transaction): Promise<MailingRow> =>
  found(readMailingRow(deps, id, transaction), 'mailing.not_found');

export async function createMailing(call: Call, input: NewMailing): Promise<MailingRow> {
  const { deps } = call;
  const mailing = await creating(call, toMailing, async (transaction) => {
    const { filter, ...columns } = await planMailing(deps, input, transaction);
    const { id } = await deps.database.mailings.create({ ...columns, ...originOfCall(call) }, { transaction });
    await writeFilter(deps, id, filter, transaction);
    return readMailing(deps, { id }, transaction);
  });
  hint(deps, mailing.id, () => deps.clock.startAt(mailing.id, mailing.startAt));
  return mailing;
}

/** What the mailing's messages can be followed by: from the request that sends them to the provider. */
export const originOfCall = ({ entrance }: Call) => ({
  requestId: entrance.requestId,
  traceParent: entrance.traceParent,
});

/**
 * A new mailing as its table has it, and its filter. What it begins by `now` begins at this moment.
 *
 * @throws RefusedValues for everything that only the database knows to be wrong
 */
export async function planMailing(deps: Deps, input: NewMailing, transaction?: Transaction) {
  const now = await readClock(deps, transaction);
  const times = toTimes(input, now);
  const { issues, ...filter } = await findFilter(deps, input, transaction);
  refuse([...issues, ...judgeTimes(times, now)]);
  return {
    ...times,
    text: input.text,
    sendPerSecond: input.send_per_second ?? null,
    byTag: input.tags.length > 0,
    byCode: input.codes.length > 0,
    filter,
  };
}

/** What is wrong with a mailing that is not there yet. */
export async function judgeMailing(deps: Deps, input: Partial<NewMailing>): Promise<CustomIssue[]> {
  const now = await readClock(deps);
  const { issues } = await findFilter(deps, input);
  return [...issues, ...judgeDates(input, now)];
}

/** What is wrong with a change of a mailing. One that has ended does not change at all, however good the values are. */
export async function judgeChange(deps: Deps, { id, ...change }: Partial<Ref & NewMailing>): Promise<CustomIssue[]> {
  const row = id === undefined ? null : await readMailingRow(deps, id);
  if (!row || endedStatuses.has(row.status)) return [];
  const now = await readClock(deps);
  const { issues } = await findFilter(deps, namesToFind(row, change));
  return [...issues, ...judgeLostFilter(row, change), ...judgeDates(change, now, row)];
}

function refuse(issues: CustomIssue[]): void {
  if (issues.length > 0) throw new RefusedValues(issues);
}

/*
 * What may change when: everything while the mailing is scheduled; text, end and rate while it runs (they apply to what
 * is unsent), but neither its start and window nor whom it reaches; nothing once it has ended. An end that has passed
 * ends a mailing that runs, or is paused, now.
 */
export const endedStatuses = new Set<MailingStatus>(['completed', 'canceled', 'expired']);

export async function changeMailing(call: Call, { id, ...change }: Ref & Partial<NewMailing>): Promise<MailingRow> {
  const { deps } = call;
  let isOver = false;
  const mailing = await changing(call, toMailing, findMailing(call, id), async (row, transaction) => {
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    const now = await readClock(deps, transaction);
    const times = toTimes(change, now, row);
    const { issues, ...filter } = await findFilter(deps, namesToFind(row, change), transaction);
    refuse([...issues, ...judgeLostFilter(row, change), ...judgeTimes(times, now, row)]);
    isOver = times.endAt <= now;
    const scheduled = row.startedAt === null;
    if (scheduled) await writeFilter(deps, id, filter, transaction);
    else refuseOtherPlan(row, times, filter);
    await row.update(
      {
        ...times,
        text: change.text ?? row.text,
        sendPerSecond: change.send_per_second === undefined ? row.sendPerSecond : change.send_per_second,
        byTag: scheduled && change.tags ? change.tags.length > 0 : row.byTag,
        byCode: scheduled && change.codes ? change.codes.length > 0 : row.byCode,
      },
      { transaction },
    );
    return readMailing(deps, { id }, transaction);
  });
  // A start that comes too late makes a scheduled mailing expired; one that is paused has no start to come.
  const isToStart = mailing.startedAt === null && !(isOver && mailing.status === 'paused');
  hint(deps, id, () => (isToStart ? deps.clock.startAt(id, mailing.startAt) : deps.clock.finishAt(id, mailing.endAt)));
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
export const findMailing =
  ({ deps }: Call, id: number) =>
  async (transaction: Transaction): Promise<MailingRow> => {
    await found(deps.database.mailings.findByPk(id, locked(transaction)), 'mailing.not_found');
    return readMailing(deps, { id }, transaction);
  };

function refuseOtherPlan(row: MailingRow, { startAt, ...window }: Times, filter: FilterIds): void {
  const { tags, codes } = row;
  const ids = (rows: { id: number }[]) => rows.map(({ id }) => id);
  const same =
    startAt.getTime() === row.startAt.getTime() &&
    window.sendWindowStart === row.sendWindowStart &&
    window.sendWindowEnd === row.sendWindowEnd &&
    isSameSet(filter.tagIds ?? ids(tags), ids(tags)) &&
    isSameSet(filter.codeIds ?? ids(codes), ids(codes));
  if (!same) throw new ApiError('mailing.started');
}

/** Tells the workers, without making the caller wait: should the hint be lost, their sweep finds what is due. */
export function hint({ logger }: Deps, mailing: number, tell: () => Promise<void>): void {
  tell().catch((error) => logger.warn({ err: error, mailing }, 'the job store did not take a hint; the sweep will'));
}
