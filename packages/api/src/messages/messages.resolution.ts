import type { MessageTimeline, Resolution } from '@showroom/contract';
import { reopenMessages, settleMessages, type Transaction } from '@showroom/database';
import { record } from '../audit/record.js';
import type { Call } from '../context.js';
import { ApiError } from '../errors.js';
import { findMailing } from '../mailing/mailing.service.js';
import { reopening } from '../mailing/mailing.steering.js';
import { readTimeline } from './messages.timeline.js';

/**
 * What an operator says became of a message of which nothing is known.
 *
 * @throws ApiError message.settled when it is known; message.client_deleted, mailing.canceled, mailing.over when it can not be sent again
 */
export async function resolveMessage(call: Call, { id, as }: { id: number } & Resolution): Promise<MessageTimeline> {
  const { deps } = call;
  const before = await readTimeline(deps, { id });
  const which = { mailingId: before.mailing_list, messageId: id, by: call.caller.username };
  if (as === 'retry') {
    const reopen = async (transaction: Transaction) => {
      const messages = await reopenMessages(deps.database, { ...which, status: 'unknown' }, transaction);
      if (messages === 0 && before.status === 'unknown' && before.phone_number === null) {
        throw new ApiError('message.client_deleted');
      }
      refuseKnown(messages);
      return messages;
    };
    const change = { row: id, old: { status: 'unknown' }, new: { status: 'pending' } };
    await reopening(call, which.mailingId, reopen, () => change);
  } else {
    await deps.database.transaction(async (transaction) => {
      await findMailing(call, which.mailingId)(transaction);
      refuseKnown(await settleMessages(deps.database, { ...which, as }, transaction));
      await record(call, transaction, { row: id, old: { status: 'unknown' }, new: { status: as } });
    });
  }
  return readTimeline(deps, { id });
}

function refuseKnown(messages: number): void {
  if (messages === 0) throw new ApiError('message.settled');
}
