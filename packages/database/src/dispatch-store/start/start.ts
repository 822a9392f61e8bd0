import type { StartResult } from '@showroom/dispatch';
import type pg from 'pg';
import { freezeNames } from '../../ledger/frozen-names.js';
import { withdrawDeletedDuringStart } from '../../ledger/withdraw-after-start.js';
import type { Lender } from '../connections.js';
import { inTransaction } from '../transaction.js';
import { countAudience, countByZone, readFilter } from './audience.js';
import { layOut, layOutByZone, sliceSize } from './lay-out.js';

interface Mailing {
  running: boolean;
  windowed: boolean;
  ended: boolean;
  now: string;
  due_in_ms: number;
  ends_in_ms: number;
  request_id: string | null;
  trace_parent: string | null;
}

interface Options {
  /** How many messages one statement inserts at most. */
  sliceSize?: number;
}

// The time is later than the snapshot: what the snapshot sees was committed before it.
const lockMailing = `
  SELECT status = 'running' AS running, send_window_start IS NOT NULL AS windowed, request_id, trace_parent,
    clock_timestamp()::text AS now, end_at <= clock_timestamp() AS ended,
    (extract(epoch FROM start_at - clock_timestamp()) * 1000)::float8 AS due_in_ms,
    (extract(epoch FROM end_at - clock_timestamp()) * 1000)::float8 AS ends_in_ms
  FROM mailings m WHERE id = $1 AND status IN ('scheduled', 'running') AND deleted_at IS NULL FOR UPDATE`;

const expire = `
  UPDATE mailings m SET status = 'expired', finished_at = clock_timestamp(), ${freezeNames} WHERE id = $1`;

const run = `
  UPDATE mailings m SET status = 'running', started_at = $4::timestamptz, audience_snapshot = pg_current_snapshot(),
    first_message_id = $2, last_message_id = $3, ${freezeNames} WHERE id = $1`;

/** Postgres: the mailing's row has changed since the snapshot was taken. */
const serializationFailure = '40001';
const attempts = 10;

/**
 * Makes the mailing's audience messages, in one transaction and one snapshot: whoever matched at that moment gets one.
 * The transaction locks the mailing's row, so of two starts the second finds it running and does nothing. Starts of
 * different mailings do not wait for each other. A start that fails leaves a gap in the message ids, and nothing else.
 */
export async function startMailing(lender: Lender, mailingId: number, options: Options = {}): Promise<StartResult> {
  const result = await startOnce(lender, mailingId, options);
  const isRunning = result.kind === 'started' || result.kind === 'running';
  if (isRunning) await withdrawDeletedDuringStart(lender, mailingId);
  return result;
}

async function startOnce(lender: Lender, mailingId: number, options: Options): Promise<StartResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(lender, (client) => start(client, mailingId, options), 'REPEATABLE READ');
    } catch (error) {
      if ((error as pg.DatabaseError).code !== serializationFailure || attempt === attempts) throw error;
    }
  }
}

async function start(client: pg.ClientBase, mailingId: number, options: Options): Promise<StartResult> {
  const mailing = (await client.query<Mailing>(lockMailing, [mailingId])).rows[0];
  if (!mailing) return { kind: 'none' };
  if (mailing.running) return { kind: 'running', endsInMs: Math.max(0, mailing.ends_in_ms) };
  if (mailing.ended) {
    await client.query(expire, [mailingId]);
    return { kind: 'expired' };
  }
  if (mailing.due_in_ms > 0) return { kind: 'not_due', dueInMs: mailing.due_in_ms };
  const block = await expand(client, mailingId, mailing.windowed, options.sliceSize ?? sliceSize);
  await client.query(run, [mailingId, block.first, block.last, mailing.now]);
  const origin = { requestId: mailing.request_id, traceParent: mailing.trace_parent };
  return { kind: 'started', audience: block.size, endsInMs: mailing.ends_in_ms, origin };
}

interface Block {
  readonly size: number;
  readonly first: number | null;
  readonly last: number | null;
}

async function expand(client: pg.ClientBase, mailingId: number, windowed: boolean, slice: number): Promise<Block> {
  const filter = await readFilter(client, mailingId);
  const zones = windowed ? await countByZone(client, mailingId, filter) : null;
  const size = await countAudience(client, mailingId, filter);
  if (size === 0) return { size, first: null, last: null };
  const firstId = await reserveIds(client, size);
  const plan = { mailingId, filter, firstId, sliceSize: slice };
  await (zones ? layOutByZone(client, plan, zones) : layOut(client, plan, size));
  return { size, first: firstId, last: firstId + size - 1 };
}

/** Takes a block of message ids; others wait for no longer than that. */
const reserveIds = async (client: pg.ClientBase, count: number): Promise<number> =>
  (await client.query<{ id: number }>('SELECT reserve_message_ids($1) AS id', [count])).rows[0]!.id;
