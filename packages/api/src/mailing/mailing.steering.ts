import type { MailingList, MailingStatus, Reopened, Resolution } from '@showroom/contract';
import { type Mailing as MailingRow, reopenMessages, settleMessages, type Transaction } from '@showroom/database';
import { changing } from '../audit/changing.js';
import { type Change, record } from '../audit/record.js';
import type { Call } from '../context.js';
import { ApiError } from '../errors.js';
import { toMailing } from './mailing.presenter.js';
import { endedStatuses, findMailing, hint, originOfCall, readMailing } from './mailing.service.js';

type Ref = { id: number };

/*
 * What an operator can do, and from where:
 *
 * scheduled ─ pause → paused ─ resume → scheduled
 * running ─ pause → paused ─ resume → running
 * scheduled, running, paused ─ cancel → canceled: what is unsent is canceled as soon as the last answers are in
 * completed, expired ─ retry, or resolve as retry, before the end → running
 *
 * What is so already stays so, without an error. Workers look at their mailings several times a second, and start no
 * request on knowledge that is older than 900 ms.
 */

export async function pauseMailing(call: Call, ref: Ref): Promise<MailingRow> {
  return changeStatus(call, ref, (row) => {
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    return 'paused';
  });
}

export async function resumeMailing(call: Call, ref: Ref): Promise<MailingRow> {
  const mailing = await changeStatus(call, ref, (row) => {
    if (endedStatuses.has(row.status)) throw new ApiError('mailing.ended');
    if (row.status !== 'paused') return row.status;
    return row.startedAt === null ? 'scheduled' : 'running';
  });
  hint(call.deps, mailing.id, () => call.deps.clock.startAt(mailing.id, mailing.startAt));
  return mailing;
}

export async function cancelMailing(call: Call, ref: Ref): Promise<MailingRow> {
  const mailing = await changeStatus(call, ref, ({ status }) => {
    if (status === 'completed' || status === 'expired') throw new ApiError('mailing.ended');
    return 'canceled';
  });
  hint(call.deps, mailing.id, () => call.deps.clock.finishAt(mailing.id, new Date()));
  return mailing;
}

const changeStatus = (call: Call, { id }: Ref, toStatus: (row: MailingRow) => MailingStatus): Promise<MailingRow> =>
  changing(call, toMailing, findMailing(call, id), async (row, transaction) => {
    const status = toStatus(row);
    await row.update({ status, ...(endedStatuses.has(status) && namesOf(row)) }, { transaction });
    return readMailing(call.deps, { id }, transaction);
  });

/** One that has ended keeps the names of its filter, whatever becomes of the tags and codes. */
function namesOf(row: MailingRow) {
  const { tags, codes } = toMailing(row);
  return { tagNames: tags, codeNames: codes };
}

/** What failed is sent again, and nothing else. */
export const retryMailing = (call: Call, { id }: Ref): Promise<Reopened> =>
  reopening(call, id, (transaction) => {
    const which = { mailingId: id, status: 'failed', by: call.caller.username } as const;
    return reopenMessages(call.deps.database, which, transaction);
  });

/** Settles everything of a mailing of which nothing is known. */
export async function resolveMailing(call: Call, { id, as }: Ref & Resolution): Promise<Reopened> {
  const { database } = call.deps;
  const by = call.caller.username;
  if (as === 'retry') {
    return reopening(call, id, (transaction) =>
      reopenMessages(database, { mailingId: id, status: 'unknown', by }, transaction),
    );
  }
  return database.transaction(async (transaction) => {
    const mailing = await findMailing(call, id)(transaction);
    refusePurged(mailing);
    const messages = await settleMessages(database, { mailingId: id, as, by }, transaction);
    await record(call, transaction, { row: id, old: {}, new: { resolved: { as, messages } } });
    return { messages, mailing: toMailing(mailing) };
  });
}

/**
 * Puts messages of a mailing back to pending, and has it run again.
 *
 * @param toChange what the audit is told of it
 * @throws ApiError mailing.purged, mailing.canceled, mailing.over
 */
export async function reopening(
  call: Call,
  id: number,
  reopen: (transaction: Transaction) => Promise<number>,
  toChange: (messages: number, old: MailingList, mailing: MailingList) => Change = (messages, old, mailing) => {
    return { row: id, old, new: { ...mailing, reopened: messages } };
  },
): Promise<Reopened> {
  const { database, clock } = call.deps;
  const reopened = await database.transaction(async (transaction) => {
    const row = await findMailing(call, id)(transaction);
    const old = toMailing(row);
    refusePurged(row);
    await refuseOver(call, row, transaction);
    const messages = await reopen(transaction);
    const hasEnded = endedStatuses.has(row.status);
    if (messages > 0 && hasEnded) await row.update({ status: 'running', finishedAt: null }, { transaction });
    if (messages > 0) await row.update(originOfCall(call), { transaction });
    const mailing = toMailing(await readMailing(call.deps, { id }, transaction));
    await record(call, transaction, toChange(messages, old, mailing));
    return { messages, mailing };
  });
  hint(call.deps, id, () => clock.startAt(id, new Date()));
  return reopened;
}

function refusePurged({ purgedAt }: MailingRow): void {
  if (purgedAt !== null) throw new ApiError('mailing.purged');
}

async function refuseOver({ deps }: Call, { id, status }: MailingRow, transaction: Transaction): Promise<void> {
  if (status === 'canceled') throw new ApiError('mailing.canceled');
  const isOver = 'SELECT FROM mailings WHERE id = $1 AND end_at <= clock_timestamp()';
  const rows = await deps.database.sql(isOver, [id], transaction);
  if (rows.length > 0) throw new ApiError('mailing.over');
}
