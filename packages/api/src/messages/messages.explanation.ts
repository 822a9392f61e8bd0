import type { MailingStatus, MessageEvent, MessageReason, MessageStatus } from '@showroom/contract';
import type { SendingStop } from '@showroom/database';
import { explainStop } from '../sending/sending.words.js';

/** A message, and what around it decides what becomes of it. */
export interface Stand {
  id: number;
  status: MessageStatus;
  reason: MessageReason | null;
  sent_at: Date | null;
  mailing_id: number;
  client_id: number;
  phone_number: string | null;
  mailing_status: MailingStatus;
  started_at: Date;
  finished_at: Date | null;
  /** Of its range, when its mailing has a window. */
  timezone: string | null;
  /** By a worker that lives. */
  is_held: boolean;
  is_window_closed: boolean | null;
  /** Whether the mailing's end has come. */
  is_over: boolean;
  retry_at: Date | null;
  is_retry_waiting: boolean | null;
  due_at: Date | null;
  /** Null while sending goes on. */
  stop: SendingStop | null;
  /** What the provider answered when requests were stopped; null when they are not. */
  provider_trouble: string | null;
}

/** Did this client get it, and if not, why? In a sentence. */
export function explainMessage(stand: Stand, events: readonly MessageEvent[]): string {
  const last = [...events].reverse().find(({ attempt, event }) => attempt !== null && event !== 'accepted');
  const answer = last ? ` The last answer was: ${last.detail}` : '';
  const resolve = ' An operator can resolve it: POST /messages/{id}/resolve/.';
  switch (stand.status) {
    case 'pending':
      return explainPending(stand, answer);
    case 'sent':
      return stand.reason === 'operator' ? 'An operator resolved it as sent.' : 'The provider accepted it.';
    case 'failed':
      return stand.reason === 'operator' ? 'An operator resolved it as failed.' : `The provider refused it.${answer}`;
    case 'expired':
      return stand.reason === 'window'
        ? `It was not sent: in the time zone ${stand.timezone}, no window opened before the end of the mailing.`
        : `It was not sent before the end of the mailing.${answer}`;
    case 'canceled':
      return explainCanceled(stand);
    case 'unknown':
      return stand.reason === 'worker_died'
        ? `It may have been sent: a worker died before it recorded the answer.${answer}${resolve}`
        : `It may have been sent: an attempt got no conclusive answer.${answer}${resolve}`;
  }
}

function explainCanceled({ reason }: Stand): string {
  if (reason === 'client_deleted') return 'It was not sent: the client was deleted first.';
  if (reason === 'bad_number') {
    return 'It was not sent: the client’s phone number was not digits that begin with a country code. Correct it with PATCH /clients/{id}/ before the next mailing.';
  }
  if (reason === 'bad_timezone') {
    return 'It was not sent: the mailing has a window, and the client’s time zone was unknown. Correct it with PATCH /clients/{id}/.';
  }
  return 'It was not sent: the mailing was canceled first.';
}

/** What it waits for; where that is several things, the one that keeps it longest. */
function explainPending(stand: Stand, answer: string): string {
  if (stand.mailing_status === 'canceled') return 'It is being canceled with its mailing.';
  if (stand.is_over) return `The end of the mailing has passed. Unsent messages expire.${answer}`;
  if (stand.phone_number === null)
    return `The client was deleted. The message is canceled before its next attempt.${answer}`;
  if (stand.stop !== null) return `It waits: ${explainStop(stand.stop)}${answer}`;
  if (stand.mailing_status === 'paused') return `It waits: the mailing is paused.${answer}`;
  if (stand.is_window_closed) return `It waits for the window to open in ${stand.timezone}.${answer}`;
  if (stand.provider_trouble !== null) {
    return `It waits: requests to the provider are stopped, because it fails. Its last answer: ${stand.provider_trouble}`;
  }
  if (stand.is_retry_waiting) return `It waits for its next attempt.${answer}`;
  return stand.is_held ? `A worker is sending it.${answer}` : `It waits for its turn.${answer}`;
}
