import type { ClaimedMessage, ClaimResult } from '@showroom/dispatch';
import type pg from 'pg';
import { holderIsDead, type WorkerSession } from './session.js';

interface RangeRow {
  first_id: number;
  last_id: number;
  text: string;
  ends_in_ms: number;
}

const claimRange = `
  UPDATE ranges r SET worker_id = $2, leased_until = clock_timestamp() + $3 * interval '1 ms'
  FROM mailings m
  WHERE m.id = $1 AND m.status = 'running' AND m.deleted_at IS NULL AND m.end_at > clock_timestamp()
    AND r.first_id = (
      SELECT first_id FROM ranges
      WHERE mailing_id = $1 AND NOT done AND due_at <= clock_timestamp()
        AND (worker_id IS NULL OR leased_until < clock_timestamp())
      ORDER BY due_at, first_id LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING r.first_id, r.last_id, m.text,
    (extract(epoch FROM m.end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms`;

// One string instead of a thousand rows: parsing rows was most of the claim's cost.
const openMessages = `
  SELECT string_agg(m.id || ':' || coalesce(c.phone_number, '') || ':' || coalesce(t.attempt, 0), ',') AS messages
  FROM messages m
  LEFT JOIN clients c ON c.id = m.client_id
  LEFT JOIN retries t ON t.message_id = m.id
  WHERE m.id BETWEEN $1 AND $2 AND m.status = 'pending' AND (t.due_at IS NULL OR t.due_at <= clock_timestamp())`;

const freeRangesOfTheDead = `
  UPDATE ranges r SET worker_id = NULL, leased_until = NULL
  WHERE r.mailing_id = $1 AND NOT r.done AND r.worker_id IS NOT NULL AND ${holderIsDead}`;

const standOf = `
  SELECT m.status = 'running' AND m.deleted_at IS NULL AS running, m.end_at <= clock_timestamp() AS ended,
    EXISTS (SELECT FROM ranges WHERE mailing_id = m.id AND NOT done) AS open,
    (SELECT extract(epoch FROM min(due_at) - clock_timestamp()) * 1000 FROM ranges
     WHERE mailing_id = m.id AND NOT done AND worker_id IS NULL)::float8 AS wait_ms
  FROM mailings m WHERE m.id = $1`;

/** How long to wait before looking again whether others gave their ranges back. */
const othersWorkMs = 1_000;

/** Leases the next range; where there is none, frees what dead workers held and tries once more. */
export async function claim(session: WorkerSession, mailingId: number, leaseMs: number): Promise<ClaimResult> {
  const range = (await tryClaim(session, mailingId, leaseMs)) ?? (await claimFromTheDead(session, mailingId, leaseMs));
  if (!range) return noClaim(session.client, mailingId);
  return {
    kind: 'range',
    rangeId: range.first_id,
    text: range.text,
    endsInMs: range.ends_in_ms,
    messages: await readMessages(session.client, range),
    lost: session.lost,
  };
}

async function tryClaim(session: WorkerSession, mailingId: number, leaseMs: number): Promise<RangeRow | undefined> {
  const values = [mailingId, session.workerId, leaseMs];
  return (await session.client.query<RangeRow>({ name: 'claim', text: claimRange, values })).rows[0];
}

async function claimFromTheDead(session: WorkerSession, mailingId: number, leaseMs: number) {
  const freed = await session.client.query(freeRangesOfTheDead, [mailingId]);
  return freed.rowCount ? tryClaim(session, mailingId, leaseMs) : undefined;
}

async function readMessages(client: pg.Client, { first_id, last_id }: RangeRow): Promise<ClaimedMessage[]> {
  const query = { name: 'open-messages', text: openMessages, values: [first_id, last_id] };
  const joined = (await client.query<{ messages: string | null }>(query)).rows[0]?.messages;
  return joined ? joined.split(',').map(toClaimedMessage) : [];
}

function toClaimedMessage(packed: string): ClaimedMessage {
  const [id, phone, attempts] = packed.split(':');
  return { id: Number(id), phone: phone || null, attempts: Number(attempts) };
}

async function noClaim(client: pg.Client, mailingId: number): Promise<ClaimResult> {
  const { rows } = await client.query<{ running: boolean; ended: boolean; open: boolean; wait_ms: number | null }>(
    standOf,
    [mailingId],
  );
  const stand = rows[0];
  if (!stand?.running) return { kind: 'stopped' };
  if (!stand.open) return { kind: 'done' };
  if (stand.ended) return { kind: 'ended' };
  return { kind: 'wait', waitMs: Math.max(0, Math.min(stand.wait_ms ?? othersWorkMs, othersWorkMs)) };
}
