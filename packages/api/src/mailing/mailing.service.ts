import { type CustomIssue, issue, type MailingStatus, type NewMailing, type Paging } from '@showroom/contract';
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
    idOf: ({ id }) => id,
  });

export const readMailing = (deps: Deps, { id }: Ref, transaction?: Transaction): Promise<MailingRow> =>
  found(readMailingRow(deps, id, transaction), 'mailing.not_found');

export async function createMailing(call: Call, input: NewMailing): Promise<MailingRow> {
  const { deps } = call;
  const columns = toColumns(input);
  const filter = await resolveFilter(deps, input);
  const mailing = await creating(call, toMailing, async (transaction) => {
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

/** A new mailing as its table has it. @throws RefusedValues for times that make no sense */
export function toColumns(input: NewMailing) {
  const times = { startAt: input.start_notification_date, endAt: input.end_notification_date, ...toWindow(input) };
  refuseWrongTimes(times);
  return {
    ...times,
    text: input.text,
    sendPerSecond: input.send_per_second ?? null,
    byTag: input.tags.length > 0,
    byCode: input.codes.length > 0,
  };
}

/*
 * What may change when: everything while the mailing is scheduled; text, end and rate while it runs (they apply to what
 * is unsent), but neither its start and window nor whom it reaches; nothing once it has ended.
 */
export const endedStatuses = new Set<MailingStatus>(['completed', 'canceled', 'expired']);

export async function changeMailing(call: Call, { id, ...change }: Ref & Partial<NewMailing>): Promise<MailingRow> {
  const { deps } = call;
  const filter = await resolveFilter(deps, change);
  const mailing = await changing(call, toMailing, findMailing(call, id), async (row, transaction) => {
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    const times = { ...toDates(row, change), ...toWindow(change, row) };
    refuseWrongTimes(times);
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
  hint(deps, id, () =>
    mailing.startedAt === null ? deps.clock.startAt(id, mailing.startAt) : deps.clock.finishAt(id, mailing.endAt),
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
export const findMailing =
  ({ deps }: Call, id: number) =>
  async (transaction: Transaction): Promise<MailingRow> => {
    await found(deps.database.mailings.findByPk(id, locked(transaction)), 'mailing.not_found');
    return readMailing(deps, { id }, transaction);
  };

const toDates = (row: MailingRow, change: Partial<NewMailing>) => ({
  startAt: change.start_notification_date ?? row.startAt,
  endAt: change.end_notification_date ?? row.endAt,
});

interface Window {
  sendWindowStart: string | null;
  sendWindowEnd: string | null;
}
interface Times extends Window {
  startAt: Date;
  endAt: Date;
}

/** `HH:MM:SS`, as the database has it; what was not sent stays as it was. */
function toWindow(change: Partial<NewMailing>, before?: Window): Window {
  const toTime = (given: string | null | undefined, was: string | null | undefined) =>
    given === undefined ? (was ?? null) : given && `${given}:00`;
  return {
    sendWindowStart: toTime(change.send_window_start, before?.sendWindowStart),
    sendWindowEnd: toTime(change.send_window_end, before?.sendWindowEnd),
  };
}

function refuseWrongTimes({ startAt, endAt, sendWindowStart, sendWindowEnd }: Times): void {
  const issues: CustomIssue[] = [];
  if (endAt <= startAt) {
    issues.push(issue('end_before_start', ['end_notification_date'], 'The end must be after the start.'));
  }
  if ((sendWindowStart === null) !== (sendWindowEnd === null)) {
    const missing = sendWindowStart === null ? 'send_window_start' : 'send_window_end';
    issues.push(issue('half_a_window', [missing], 'A window has both a start and an end.'));
  } else if (sendWindowStart !== null && sendWindowStart === sendWindowEnd) {
    issues.push(issue('empty_window', ['send_window_end'], 'The window must not end when it starts.'));
  }
  if (issues.length > 0) throw new RefusedValues(issues);
}

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
