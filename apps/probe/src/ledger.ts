import { createIdSet } from './ids.js';
import { createInbox, type InboxMessage, type InboxQuery, type Message } from './inbox.js';

/** What `GET /counts` answers. Dates are ISO; `answers` maps a status to how often it went out. */
export interface Counts {
  /** Every POST to /v1/send/{msgId}, whatever became of it. */
  requests: number;
  accepted: number;
  /** Distinct ids accepted. */
  unique: number;
  /** Accepted again, with an id accepted before. */
  duplicates: number;
  /** Requests that arrived at or after the end set by `PUT /end`, by the probe's clock. */
  after_end: number;
  answers: Record<string, number>;
  in_flight: number;
  max_in_flight: number;
  first_at: string | null;
  last_at: string | null;
}

/** One request from its first byte to its last: `accept` counts the message, `leave` ends it (with a status if answered). */
export interface Arrival {
  accept(message: Message): void;
  leave(status?: number): void;
}

/** The probe's memory: what arrived, what was accepted, what went out. */
export interface Ledger {
  arrive(): Arrival;
  counts(): Counts;
  messages(query: InboxQuery): InboxMessage[];
  /** Milliseconds since 1970, or null when nothing is too late. It outlives `reset`. */
  endMs: number | null;
  reset(): void;
}

export interface LedgerOptions {
  /** How many of the last messages are kept in full. */
  inboxSize: number;
  now?: () => number;
}

/**
 * Builds a ledger. An arrival writes to the run it arrived in: after a `reset`, what older requests still do is
 * forgotten with their run, so `accepted` never exceeds `requests`. Only the gauge `in_flight` spans runs.
 *
 * @example
 * const ledger = createLedger({ inboxSize: 1_000 });
 * const arrival = ledger.arrive();
 * arrival.accept({ id: 1, phone: 79001234567, text: 'Hello' });
 * arrival.leave(200);
 * ledger.counts().unique; // 1
 */
export function createLedger({ inboxSize, now = Date.now }: LedgerOptions): Ledger {
  let inFlight = 0;
  let endMs: number | null = null;
  let run = createRun(inboxSize, inFlight);

  return {
    get endMs() {
      return endMs;
    },
    set endMs(atMs) {
      endMs = atMs;
    },
    arrive() {
      const arrivedIn = run;
      inFlight += 1;
      countArrival(arrivedIn, { nowMs: now(), endMs, inFlight });
      return {
        accept: (message) => countAccepted(arrivedIn, message, now()),
        leave(status) {
          inFlight -= 1;
          if (status !== undefined) arrivedIn.answers.set(status, (arrivedIn.answers.get(status) ?? 0) + 1);
        },
      };
    },
    counts: () => toCounts(run, inFlight),
    messages: (query) => run.inbox.list(query),
    reset() {
      run = createRun(inboxSize, inFlight);
    },
  };
}

type Run = ReturnType<typeof createRun>;

function createRun(inboxSize: number, inFlight: number) {
  return {
    requests: 0,
    accepted: 0,
    afterEnd: 0,
    maxInFlight: inFlight,
    firstAtMs: null as number | null,
    lastAtMs: null as number | null,
    answers: new Map<number, number>(),
    ids: createIdSet(),
    inbox: createInbox(inboxSize),
  };
}

function countArrival(run: Run, at: { nowMs: number; endMs: number | null; inFlight: number }): void {
  run.requests += 1;
  run.firstAtMs ??= at.nowMs;
  run.lastAtMs = at.nowMs;
  if (at.inFlight > run.maxInFlight) run.maxInFlight = at.inFlight;
  if (at.endMs !== null && at.nowMs >= at.endMs) run.afterEnd += 1;
}

function countAccepted(run: Run, message: Message, nowMs: number): void {
  const isNew = run.ids.add(message.id);
  run.accepted += 1;
  run.inbox.add(message, nowMs, !isNew);
}

function toCounts(run: Run, inFlight: number): Counts {
  return {
    requests: run.requests,
    accepted: run.accepted,
    unique: run.ids.size,
    duplicates: run.accepted - run.ids.size,
    after_end: run.afterEnd,
    answers: Object.fromEntries(run.answers),
    in_flight: inFlight,
    max_in_flight: run.maxInFlight,
    first_at: toIso(run.firstAtMs),
    last_at: toIso(run.lastAtMs),
  };
}

/** A moment as it goes over the wire: an ISO date, or null when there is none. */
export function toIso(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
