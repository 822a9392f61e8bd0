import { setTimeout as sleep } from 'node:timers/promises';
import type { Statements } from '../statements.js';
import { removePasts } from './at-start.js';
import { sumUp } from './sum-up.js';

/** For how many days things are kept; null: for ever. */
export interface Retention {
  /** The messages of a mailing, from its end on. What became of them stays, as counts. */
  readonly messagesDays: number | null;
  /** What happened to a message: attempts that failed, and what an operator did. */
  readonly eventsDays: number | null;
  readonly auditDays: number | null;
}

/** How much was removed. */
export interface Removed {
  mailings: number;
  messages: number;
  events: number;
  audit: number;
}

/** So many rows are removed at once: some milliseconds of work, and little to be waited for by whoever sends. */
const batch = 5_000;
const rangesAtOnce = 5;
/** After a batch, the database has this many times as long for everybody else. */
const restFactor = 9;

/**
 * Removes what has been kept for long enough, in batches with pauses between them. It may be stopped at any moment, and
 * goes on the next time; two at once do no harm.
 *
 * A mailing's messages go in two steps. First, in one transaction, its counts are summed up for good and it is marked as
 * purged: from then on its messages are not shown, and nothing of it can be sent again. Then they are removed.
 *
 * What clients were before they changed is removed as soon as no count needs it, whatever is to be kept.
 *
 * @example await tidyLedger(database, { messagesDays: 365, eventsDays: 90, auditDays: null }, signal);
 */
export async function tidyLedger(database: Statements, retention: Retention, signal: AbortSignal): Promise<Removed> {
  const { messagesDays, eventsDays, auditDays } = retention;
  const older = (table: OldTable, days: number | null) =>
    days === null ? 0 : inBatches(signal, () => removeOlder(database, table, days));
  const purged = messagesDays === null ? { mailings: 0, messages: 0 } : await purge(database, messagesDays, signal);
  await inBatches(signal, () => removeOldPasts(database));
  return { ...purged, events: await older('message_events', eventsDays), audit: await older('audit', auditDays) };
}

async function purge(database: Statements, days: number, signal: AbortSignal) {
  const purged = { mailings: 0, messages: 0 };
  for (const id of await endedBefore(database, days)) {
    if (signal.aborted) return purged;
    if (await markPurged(database, id)) purged.mailings += 1;
  }
  for (const id of await purgedWithRanges(database)) {
    purged.messages += await inBatches(signal, () => removeMessages(database, id));
  }
  return purged;
}

/** What a batch came to: how many rows went, and whether there may be more. */
interface Batch {
  readonly gone: number;
  readonly isLast: boolean;
}

/** @returns how many rows went in all */
async function inBatches(signal: AbortSignal, remove: () => Promise<Batch>): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const { gone, isLast } = await remove();
    total += gone;
    if (isLast) break;
    await sleep(restFactor * (performance.now() - startedAt), undefined, { signal }).catch(() => {});
  }
  return total;
}

const idsOf = (rows: { id: number }[]) => rows.map(({ id }) => id);

const endedBefore = async ({ sqlAtLength: sql }: Statements, days: number): Promise<number[]> =>
  idsOf(
    await sql<{ id: number }>(
      `SELECT id FROM mailings WHERE finished_at < clock_timestamp() - $1 * interval '1 day' AND purged_at IS NULL
         AND deleted_at IS NULL ORDER BY finished_at LIMIT 1000`,
      [days],
    ),
  );

const purgedWithRanges = async ({ sqlAtLength: sql }: Statements): Promise<number[]> =>
  idsOf(
    await sql<{ id: number }>(
      `SELECT id FROM mailings m WHERE purged_at IS NOT NULL AND deleted_at IS NULL
         AND EXISTS (SELECT FROM ranges WHERE mailing_id = m.id) ORDER BY id`,
    ),
  );

const lockEnded = `
  SELECT id FROM mailings
  WHERE id = $1 AND finished_at IS NOT NULL AND purged_at IS NULL AND deleted_at IS NULL FOR UPDATE SKIP LOCKED`;

const mark = `
  UPDATE mailings SET purged_at = clock_timestamp()
  WHERE id = $1 AND NOT EXISTS (SELECT FROM ranges WHERE mailing_id = $1 AND NOT summed) RETURNING id`;

/** False when somebody works on it just now: then it is left for the next time. */
const markPurged = ({ sqlAtLength: sql, transaction }: Statements, id: number): Promise<boolean> =>
  transaction(async (inside) => {
    const ask = (statement: string, values: unknown[]) => sql(statement, values, inside);
    if ((await ask(lockEnded, [id])).length === 0) return false;
    while (await sumUp(ask, id));
    return (await ask(mark, [id])).length > 0;
  });

const removeRanges = `
  WITH gone AS MATERIALIZED (
    SELECT first_id, last_id FROM ranges WHERE mailing_id = $1 ORDER BY first_id LIMIT ${rangesAtOnce} FOR UPDATE SKIP LOCKED),
  events AS (
    DELETE FROM message_events e USING gone WHERE e.message_id BETWEEN gone.first_id AND gone.last_id),
  retried AS (DELETE FROM retries t USING gone WHERE t.range_id = gone.first_id),
  messages AS (
    DELETE FROM messages msg USING gone WHERE msg.id BETWEEN gone.first_id AND gone.last_id RETURNING 1),
  ranges AS (DELETE FROM ranges r USING gone WHERE r.first_id = gone.first_id)
  SELECT (SELECT count(*) FROM gone)::int AS ranges, (SELECT count(*) FROM messages)::int AS messages`;

async function removeMessages({ sqlAtLength: sql }: Statements, mailingId: number): Promise<Batch> {
  const [gone] = await sql<{ ranges: number; messages: number }>(removeRanges, [mailingId]);
  return { gone: gone!.messages, isLast: gone!.ranges === 0 };
}

async function removeOldPasts({ sqlAtLength: sql }: Statements): Promise<Batch> {
  const gone = (await sql(removePasts, [batch])).length;
  return { gone, isLast: gone < batch };
}

type OldTable = 'message_events' | 'audit';

async function removeOlder({ sqlAtLength: sql }: Statements, table: OldTable, days: number): Promise<Batch> {
  const statement = `
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(
      SELECT ctid FROM ${table} WHERE at < clock_timestamp() - $1 * interval '1 day' LIMIT ${batch})) RETURNING 1`;
  const gone = (await sql(statement, [days])).length;
  return { gone, isLast: gone < batch };
}
