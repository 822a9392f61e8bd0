import { isDeepStrictEqual } from 'node:util';
import type { Asked } from './hostile-provider.js';
import { countByStatus, ends, type Ledger, type MailingRow, type MessageRow } from './ledger.js';

export interface Evidence {
  ledger: Ledger;
  memory: ReadonlyMap<number, readonly Asked[]>;
  /** What the REST statistic says, by mailing: its `messages`. */
  statistics: ReadonlyMap<number, unknown>;
  /** How many messages may have been accepted twice. */
  mostTwice: number;
}

export interface Findings {
  lost: number;
  twice: number;
  afterEnd: number;
  /** A sentence each, with the ids concerned. */
  violations: string[];
}

/**
 * Holds the ledger against the provider's memory. Everything it finds is a defect, but for messages accepted twice, of
 * which `mostTwice` are in order.
 */
export function check({ ledger, memory, statistics, mostTwice }: Evidence): Findings {
  const violations: string[] = [];
  const claim = (what: string, offenders: readonly unknown[]) => {
    if (offenders.length > 0) violations.push(`${what}: ${toList(offenders)}`);
    return offenders.length;
  };
  const askedOf = ({ id }: { id: number }) => memory.get(id) ?? [];
  const isAccepted = (message: MessageRow) => askedOf(message).some((asked) => asked.accepted);
  const idsWhere = (is: (message: MessageRow) => boolean) => ledger.messages.filter(is).map(({ id }) => id);

  const lost =
    claim(
      'without an end',
      idsWhere(({ status }) => status === 'pending'),
    ) +
    ledger.mailings.reduce(
      (sum, mailing) => sum + claim(`mailing ${mailing.id} left clients out`, leftOut(ledger, mailing)),
      0,
    );
  for (const mailing of ledger.mailings)
    claim(`mailing ${mailing.id} has strangers or doubles`, surplus(ledger, mailing));
  claim(
    'sent, but never accepted',
    idsWhere((message) => message.status === 'sent' && !isAccepted(message)),
  );
  for (const status of ['failed', 'expired', 'canceled'] as const) {
    claim(
      `${status}, but accepted`,
      idsWhere((message) => message.status === status && isAccepted(message)),
    );
  }
  claim('the provider was asked with an id that is no message', strangers(ledger, memory));
  claim(
    'asked with the phone or text of another',
    idsWhere((message) => isMixedUp(ledger, message, askedOf(message))),
  );
  claim('ranges whose counts are not those of their messages', wrongRanges(ledger));
  claim('mailings in a state that does not become their messages', wrongMailings(ledger));
  claim('mailings whose statistic does not tell their messages', wrongStatistics(ledger, statistics));

  const late = idsWhere((message) => askedOf(message).some(({ at }) => at >= endOf(ledger, message)));
  const afterEnd = claim('asked at or after the end', late);
  const twice = [...memory]
    .filter(([, asked]) => asked.filter(({ accepted }) => accepted).length > 1)
    .map(([id]) => id);
  if (twice.length > mostTwice) claim(`accepted twice, of which ${mostTwice} may be`, twice);
  return { lost, twice: twice.length, afterEnd, violations };
}

const messagesOf = ({ messages }: Ledger, { id }: MailingRow) => messages.filter(({ mailing_id }) => mailing_id === id);
const mailingOf = ({ mailings }: Ledger, message: MessageRow) => mailings.find(({ id }) => id === message.mailing_id)!;
const endOf = (ledger: Ledger, message: MessageRow) => mailingOf(ledger, message).end_at.getTime();

/** Clients of the audience without a message. A mailing whose end came before it could start has none. */
function leftOut(ledger: Ledger, mailing: MailingRow): number[] {
  if (!mailing.is_started && mailing.status === 'expired') return [];
  const reached = new Set(messagesOf(ledger, mailing).map(({ client_id }) => client_id));
  return mailing.audience.filter((client) => !reached.has(client));
}

/** Messages to clients that are not of the audience, or have one already. */
function surplus(ledger: Ledger, mailing: MailingRow): number[] {
  const awaited = new Set(mailing.audience);
  return messagesOf(ledger, mailing)
    .filter(({ client_id }) => !awaited.delete(client_id))
    .map(({ id }) => id);
}

function strangers({ messages }: Ledger, memory: Evidence['memory']): number[] {
  const known = new Set(messages.map(({ id }) => id));
  return [...memory.keys()].filter((id) => !known.has(id));
}

function isMixedUp(ledger: Ledger, message: MessageRow, asked: readonly Asked[]): boolean {
  const { text } = mailingOf(ledger, message);
  return asked.some((each) => each.phone !== message.phone || each.text !== text);
}

function wrongRanges({ ranges, messages }: Ledger): string[] {
  return ranges
    .filter(({ first_id, last_id, done, ...range }) => {
      const within = countByStatus(messages.filter(({ id }) => id >= first_id && id <= last_id));
      const sum = ends.reduce((total, end) => total + range[end], 0);
      return !done || sum !== last_id - first_id + 1 || ends.some((end) => range[end] !== within[end]);
    })
    .map((range) => JSON.stringify(range));
}

/** `expired` if messages are, or if it never started; else `completed`. */
function wrongMailings(ledger: Ledger): string[] {
  return ledger.mailings
    .filter((mailing) => {
      const isExpired = !mailing.is_started || countByStatus(messagesOf(ledger, mailing)).expired > 0;
      return mailing.status !== (isExpired ? 'expired' : 'completed');
    })
    .map(({ id, status }) => `${id} (${status})`);
}

function wrongStatistics(ledger: Ledger, statistics: Evidence['statistics']): string[] {
  return ledger.mailings
    .filter((mailing) => {
      const messages = messagesOf(ledger, mailing);
      const rows = { total: messages.length, ...countByStatus(messages) };
      return !isDeepStrictEqual({ ...(statistics.get(mailing.id) as object) }, rows);
    })
    .map(({ id }) => `${id} (${JSON.stringify(statistics.get(id))})`);
}

function toList(items: readonly unknown[]): string {
  const shown = items.slice(0, 20).join(', ');
  return items.length > 20 ? `${shown} and ${items.length - 20} more` : shown;
}
