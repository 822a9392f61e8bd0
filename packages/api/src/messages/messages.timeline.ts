import type { MessageEvent, MessageTimeline } from '@showroom/contract';
import { hasMessages, isHeld, readSendingStop } from '@showroom/database';
import type { Deps } from '../context.js';
import { found } from '../rows.js';
import { explainMessage, type Stand } from './messages.explanation.js';

const standOf = `
  SELECT msg.id, msg.status, msg.reason, msg.sent_at, msg.mailing_id, msg.client_id, c.phone_number,
    m.status AS mailing_status, m.started_at, m.finished_at,
    r.timezone, (${isHeld}) AS is_held, m.end_at <= clock_timestamp() AS is_over,
    NOT is_in_window(clock_timestamp(), r.timezone, m.send_window_start, m.send_window_end) AS is_window_closed,
    t.due_at AS retry_at, t.due_at > clock_timestamp() AS is_retry_waiting,
    CASE WHEN msg.status = 'pending' THEN greatest(r.due_at, t.due_at) END AS due_at,
    (SELECT detail FROM providers WHERE state <> 'closed' ORDER BY opened_at LIMIT 1) AS provider_trouble
  FROM messages msg
  JOIN mailings m ON m.id = msg.mailing_id AND ${hasMessages}
  LEFT JOIN clients c ON c.id = msg.client_id
  LEFT JOIN retries t ON t.message_id = msg.id
  JOIN LATERAL (SELECT * FROM ranges WHERE first_id <= msg.id ORDER BY first_id DESC LIMIT 1) AS r ON true
  WHERE msg.id = $1`;

const eventsOf = `
  SELECT at, event, attempt, http_status, code, latency_ms, detail FROM message_events WHERE message_id = $1 ORDER BY at`;

export async function findMessage({ database }: Deps, { id }: { id: number }): Promise<Stand> {
  const rows = database.sql<Omit<Stand, 'stop'>>(standOf, [id]).then(([row]) => row ?? null);
  const stand = await found(rows, 'message.not_found');
  return { ...stand, stop: stand.status === 'pending' ? await readSendingStop(database) : null };
}

/** One message with all that happened to it. What was accepted at once has no rows of its own: its line is made here. */
export async function readTimeline(deps: Deps, { id }: { id: number }): Promise<MessageTimeline> {
  const { database } = deps;
  const stand = await findMessage(deps, { id });
  const events = withItsEnds(stand, await database.sql<MessageEvent>(eventsOf, [id]));
  return {
    id: stand.id,
    send_date: stand.sent_at,
    status: stand.status,
    mailing_list: stand.mailing_id,
    client: stand.client_id,
    phone_number: stand.phone_number,
    reason: stand.reason,
    explanation: explainMessage(stand, events),
    due_at: stand.due_at,
    events,
  };
}

/** The first line and, where nobody wrote one, the last. */
function withItsEnds(stand: Stand, events: MessageEvent[]): MessageEvent[] {
  const expanded = toEvent('expanded', stand.started_at, 'The mailing started, and the client was in its audience.');
  return [expanded, ...events, ...lastOf(stand, events)];
}

function lastOf({ status, reason, sent_at, finished_at, started_at }: Stand, events: MessageEvent[]): MessageEvent[] {
  const wasTold = events.some(({ event }) => event === 'accepted' || event === 'settled');
  if (status === 'sent' && sent_at && !wasTold) return [{ ...toEvent('accepted', sent_at, ''), attempt: 1 }];
  if (status === 'expired') {
    const isWindow = reason === 'window';
    return [toEvent('expired', (isWindow ? null : finished_at) ?? started_at, isWindow ? noWindow : noTime)];
  }
  if (reason === 'mailing_canceled')
    return [toEvent('canceled', finished_at ?? started_at, 'The mailing was canceled.')];
  return [];
}

const noWindow = 'No window opens before the end of the mailing.';
const noTime = 'The end of the mailing came.';

const toEvent = (event: MessageEvent['event'], at: Date, detail: string): MessageEvent => {
  return { at, event, attempt: null, http_status: null, code: null, latency_ms: null, detail };
};
