import type { ClaimedMessage, ClaimResult, ClaimTerms } from '@showroom/dispatch';
import type pg from 'pg';
import { isSendingStopped } from '../ledger/sending.js';
import { expireMissed, giveUpUnanswered, misses } from './ends.js';
import { holderIsDead, type WorkerSession } from './session.js';

interface RangeRow {
  first_id: number;
  last_id: number;
  text: string;
  per_second: number | null;
  request_id: string | null;
  trace_parent: string | null;
  ends_in_ms: number;
  timezone: string | null;
  closes_in_ms: number | null;
  claimed_at: string;
  /** The water mark that a worker left who did not give the range back, and when that one had claimed it. */
  asked_to: number | null;
  asked_at: string | null;
}

/** SQL: milliseconds until the window of range `r` closes; null without a window, none when it is closed. */
export const closesInMs = `(CASE WHEN r.timezone IS NULL THEN NULL ELSE
  extract(epoch FROM least(m.end_at,
    window_opens(clock_timestamp(), r.timezone, m.send_window_end, m.send_window_start)) - clock_timestamp()) * 1000
  END)::float8`;

const claimRange = `
  UPDATE ranges r SET worker_id = $2, leased_until = clock_timestamp() + $3 * interval '1 ms',
    claimed_at = clock_timestamp(), withdrawn = NULL
  FROM mailings m, (
    SELECT first_id, asked_to, claimed_at FROM ranges
    WHERE mailing_id = $1 AND NOT done AND due_at <= clock_timestamp()
      AND (worker_id IS NULL OR leased_until < clock_timestamp())
    ORDER BY due_at, first_id LIMIT 1 FOR UPDATE SKIP LOCKED) picked
  WHERE m.id = $1 AND m.status = 'running' AND m.deleted_at IS NULL AND m.end_at > clock_timestamp()
    AND NOT ${isSendingStopped} AND r.first_id = picked.first_id
  RETURNING r.first_id, r.last_id, m.text, m.send_per_second AS per_second, m.request_id, m.trace_parent,
    (extract(epoch FROM m.end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms,
    r.timezone, ${closesInMs} AS closes_in_ms,
    r.claimed_at::text AS claimed_at, picked.asked_to, picked.claimed_at::text AS asked_at`;

// Messages that nobody has asked with, most of them, have an empty third part; those whose client was deleted have no
// fourth.
const openMessages = (aggregate: (packed: string) => string) => `
  SELECT ${aggregate(`m.id || ':' || m.client_id || ':' || CASE
      WHEN t.message_id IS NULL AND ($4::bigint IS NULL OR m.id > $4) THEN ''
      ELSE coalesce(t.attempt, 0) || CASE
        WHEN t.outcome = 'unknown' OR m.id <= $4 AND (t.due_at IS NULL OR t.due_at <= $5::timestamptz) THEN '?'
        ELSE '' END
      END || coalesce(':' || c.phone_number, '')`)} AS messages, count(*)::int AS count
  FROM messages m
  LEFT JOIN clients c ON c.id = m.client_id
  LEFT JOIN retries t ON t.message_id = m.id
  WHERE m.id BETWEEN $1 AND $2 AND m.status = 'pending' AND (t.due_at IS NULL OR t.due_at <= $3::timestamptz)`;
// One string instead of a thousand rows: parsing rows was most of the claim's cost.
const asString = openMessages((packed) => `string_agg(${packed}, ',')`);
const asArray = openMessages((packed) => `array_agg(${packed})`);

const freeRangesOfTheDead = `
  UPDATE ranges r SET worker_id = NULL, leased_until = NULL, released_at = clock_timestamp()
  WHERE r.mailing_id = $1 AND NOT r.done AND r.worker_id IS NOT NULL AND ${holderIsDead}`;

// All of the mailing's ranges in that time zone: their window is closed for all of them.
const waitForWindow = `
  UPDATE ranges r SET worker_id = NULL, leased_until = NULL,
    due_at = next_due(clock_timestamp(), r.timezone, m.send_window_start, m.send_window_end)
  FROM mailings m
  WHERE m.id = $1 AND r.mailing_id = m.id AND NOT r.done AND r.timezone = $2
    AND (r.first_id = $3 OR (r.worker_id IS NULL AND r.due_at <= clock_timestamp()))`;

const standOf = `
  SELECT m.status = 'running' AND m.deleted_at IS NULL AS running,
    m.status = 'canceled' AND m.finished_at IS NULL AND m.deleted_at IS NULL AS canceling,
    m.end_at <= clock_timestamp() AS ended, ${isSendingStopped} AS stopped,
    EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done) AS open,
    EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done AND worker_id IS NOT NULL) AS held,
    EXISTS (SELECT FROM ranges r WHERE r.mailing_id = m.id AND NOT r.done AND ${misses}) AS missed,
    (SELECT extract(epoch FROM min(due_at) - clock_timestamp()) * 1000 FROM ranges
     WHERE mailing_id = m.id AND NOT done AND worker_id IS NULL)::float8 AS wait_ms
  FROM mailings m WHERE m.id = $1`;

interface Stand {
  running: boolean;
  canceling: boolean;
  ended: boolean;
  /** All sending, by an operator. */
  stopped: boolean;
  open: boolean;
  held: boolean;
  missed: boolean;
  wait_ms: number | null;
}

/** How long to wait before looking again whether others gave their ranges back. */
const othersWorkMs = 1_000;

/** A window that closes so soon is closed: nothing could be asked before the guard's time. */
const closingMs = 500;

/**
 * Leases the next range; where there is none, frees what dead workers held and tries once more. A range whose window is
 * closed is put off until it opens, and the next one is tried.
 */
export async function claim(session: WorkerSession, mailingId: number, terms: ClaimTerms): Promise<ClaimResult> {
  for (;;) {
    const range = (await tryClaim(session, mailingId, terms)) ?? (await claimFromTheDead(session, mailingId, terms));
    if (!range) return noClaim(session.client, mailingId);
    if (range.closes_in_ms === null || range.closes_in_ms > closingMs) return toClaim(session, range, terms);
    await session.client.query(waitForWindow, [mailingId, range.timezone, range.first_id]);
  }
}

async function toClaim(session: WorkerSession, range: RangeRow, { idempotent }: ClaimTerms): Promise<ClaimResult> {
  if (!idempotent && range.asked_to !== null) await giveUpUnanswered(session.client, range.first_id, range.asked_at);
  const asked = idempotent ? range : { ...range, asked_to: null };
  return {
    kind: 'range',
    hold: { rangeId: range.first_id, workerId: session.workerId, token: range.claimed_at },
    text: range.text,
    perSecond: range.per_second,
    origin: { requestId: range.request_id, traceParent: range.trace_parent },
    endsInMs: range.ends_in_ms,
    closesInMs: range.closes_in_ms,
    messages: await readMessages(session.client, asked),
    lost: session.lost,
  };
}

async function tryClaim(session: WorkerSession, mailingId: number, { leaseMs }: ClaimTerms) {
  const values = [mailingId, session.workerId, leaseMs];
  return (await session.client.query<RangeRow>({ name: 'claim', text: claimRange, values })).rows[0];
}

async function claimFromTheDead(session: WorkerSession, mailingId: number, terms: ClaimTerms) {
  const freed = await session.client.query(freeRangesOfTheDead, [mailingId]);
  return freed.rowCount ? tryClaim(session, mailingId, terms) : undefined;
}

async function readMessages(client: pg.Client, range: RangeRow): Promise<ClaimedMessage[]> {
  const values = [range.first_id, range.last_id, range.claimed_at, range.asked_to, range.asked_at];
  const read = async <T>(name: string, text: string) =>
    (await client.query<{ messages: T | null; count: number }>({ name, text, values })).rows[0]!;
  const { messages, count } = await read<string>('open-messages', asString);
  const packed = messages?.split(',') ?? [];
  if (packed.length === count) return packed.map(toClaimedMessage);
  // A number that the old service took has a comma in it.
  return (await read<string[]>('open-messages-apart', asArray)).messages?.map(toClaimedMessage) ?? [];
}

/** `12:7::79001234567`; `12:7:3:79001234567` after three attempts, `12:7:3?:79001234567` when one had no answer. */
function toClaimedMessage(packed: string): ClaimedMessage {
  const parts = packed.split(':');
  const [id, clientId, history = '', phone = null] = parts;
  return {
    id: Number(id),
    clientId: Number(clientId),
    phone: parts.length > 4 ? parts.slice(3).join(':') : phone,
    attempts: history === '' ? 0 : Number.parseInt(history, 10),
    unanswered: history.endsWith('?'),
  };
}

async function noClaim(client: pg.Client, mailingId: number): Promise<ClaimResult> {
  const readStand = async () => (await client.query<Stand>(standOf, [mailingId])).rows[0];
  let stand = await readStand();
  if (stand?.running && stand.missed) {
    await expireMissed(client, mailingId);
    stand = await readStand();
  }
  if (stand?.canceling) return { kind: 'ended' };
  if (!stand?.running) return { kind: 'stopped' };
  if (!stand.open) return { kind: 'done' };
  if (stand.ended) return { kind: 'ended' };
  if (stand.stopped) return { kind: 'stopped' };
  const dueMs = Math.max(0, stand.wait_ms ?? othersWorkMs);
  return { kind: 'wait', waitMs: stand.held ? Math.min(dueMs, othersWorkMs) : dueMs };
}
