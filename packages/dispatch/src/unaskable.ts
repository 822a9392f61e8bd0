import { phoneNumberIssue } from '@showroom/contract';
import type { CancelReason, ClaimedMessage, Settlement } from './store.js';

/** The client was deleted since the start. */
export const withoutClient = (message: ClaimedMessage, rangeId: number): Settlement =>
  toCanceled(message, rangeId, 'client_deleted', 'The client was deleted.');

/** The client has a number from before there was a rule for numbers: read as a number, it could be a stranger's. */
export const withBadNumber = (message: ClaimedMessage, phone: string, rangeId: number): Settlement =>
  toCanceled(message, rangeId, 'bad_number', tellWrongNumber(phone));

/** `The phone number must not begin with 0: …`. The number itself is the client's, and is not kept here. */
const tellWrongNumber = (phone: string) =>
  `The phone number ${phoneNumberIssue(phone)?.message.replace(/^M/, 'm') ?? 'is wrong.'}`;

/** What may have been asked before is not called off: nobody knows whether it arrived. */
function toCanceled(
  { id, unanswered }: ClaimedMessage,
  rangeId: number,
  reason: CancelReason,
  detail: string,
): Settlement {
  const nothing = { attempt: null, httpStatus: null, code: null, latencyMs: null };
  const to = { rangeId, messageId: id, event: { event: 'canceled', ...nothing, detail } } as const;
  return unanswered ? { ...to, status: 'unknown' } : { ...to, status: 'canceled', reason };
}
