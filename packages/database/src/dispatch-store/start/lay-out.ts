import type pg from 'pg';
import { type Filter, toConditions, toWhere, type Zone } from './audience.js';

/** How many messages a range has at the most. */
export const rangeSize = 1_000;

/**
 * How many messages one statement inserts at most. It holds their ids in memory, eight bytes each, and an array in
 * PostgreSQL ends at a gigabyte.
 */
export const sliceSize = 500_000;

/** What is laid out, and where its ids begin. */
interface Plan {
  readonly mailingId: number;
  readonly filter: Filter;
  readonly firstId: number;
  readonly sliceSize: number;
}

/** Lays out the messages of an audience of `size`, in the order of the clients' ids. */
export async function layOut(client: pg.ClientBase, plan: Plan, size: number): Promise<void> {
  let laidOut = 0;
  for (let after = 0; laidOut < size; ) {
    const slice = await insertSlice(client, plan, size, plan.firstId + laidOut, after);
    if (slice.size === 0) break;
    laidOut += slice.size;
    after = slice.lastClient;
  }
  expectAll(plan, size, laidOut);
  await client.query(
    `INSERT INTO ranges (mailing_id, first_id, last_id)
     SELECT $1, id, least(id + ${rangeSize - 1}, $3) FROM generate_series($2::bigint, $3::bigint, ${rangeSize}) AS id`,
    [plan.mailingId, plan.firstId, plan.firstId + size - 1],
  );
}

/**
 * Lays out the messages time zone by time zone, so that a range has one zone and one time at which it falls due. A zone
 * whose window does not open before the end has nothing to wait for: its messages are expired at once. Where the zone is
 * unknown, they are canceled, and their ranges have no zone.
 */
export async function layOutByZone(client: pg.ClientBase, plan: Plan, zones: readonly Zone[]): Promise<void> {
  const size = sizeOf(zones);
  const nextIds = new Map<string, number>();
  let nextId = plan.firstId;
  for (const zone of zones) {
    nextIds.set(zone.timezone, nextId);
    nextId += zone.size;
  }
  await insertZonedRanges(client, plan, zones, [...nextIds.values()]);
  await tellUnknownZones(client, zones, [...nextIds.values()]);
  let laidOut = 0;
  for (let after = 0; laidOut < size; ) {
    const parts = await insertZonedSlice(client, plan, zones, nextIds, size, after);
    if (parts.length === 0) break;
    for (const part of parts) {
      nextIds.set(part.timezone, nextIds.get(part.timezone)! + part.size);
      laidOut += part.size;
      after = Math.max(after, part.lastClient);
    }
  }
  expectAll(plan, size, laidOut);
}

const sizeOf = (zones: readonly Zone[]) => zones.reduce((sum, { size }) => sum + size, 0);

/** SQL: the clients of the next slice, or of the whole audience where one slice holds it. */
function pickSlice(plan: Plan, size: number, after: number, columns: string, values: unknown[]): string {
  const conditions = toConditions(plan.filter, values);
  if (size <= plan.sliceSize) return `SELECT ${columns} FROM clients ${toWhere(conditions)} ORDER BY id`;
  const rest = [`id > $${values.push(after)}`, ...conditions];
  return `SELECT ${columns} FROM clients ${toWhere(rest)} ORDER BY id LIMIT ${plan.sliceSize}`;
}

// The ids side by side with the clients' cost less than a row_number().
async function insertSlice(client: pg.ClientBase, plan: Plan, size: number, firstId: number, after: number) {
  const values: unknown[] = [plan.mailingId, firstId];
  const { rows } = await client.query<{ size: number; lastClient: number }>(
    `WITH picked AS MATERIALIZED (SELECT ARRAY(${pickSlice(plan, size, after, 'id', values)}) AS ids),
     inserted AS (
       INSERT INTO messages (id, mailing_id, client_id)
       SELECT id, $1, client_id FROM (
         SELECT generate_series($2::bigint, $2::bigint + cardinality(ids) - 1) AS id, unnest(ids) AS client_id
         FROM picked) AS numbered)
     SELECT cardinality(ids) AS size, ids[cardinality(ids)] AS "lastClient" FROM picked`,
    values,
  );
  return rows[0]!;
}

async function insertZonedSlice(
  client: pg.ClientBase,
  plan: Plan,
  zones: readonly Zone[],
  nextIds: ReadonlyMap<string, number>,
  size: number,
  after: number,
) {
  const unsent = zones.map((zone) => zone.unsent);
  const values: unknown[] = [plan.mailingId, [...nextIds.keys()], [...nextIds.values()], unsent];
  const { rows } = await client.query<{ timezone: string; size: number; lastClient: number }>(
    `WITH picked AS MATERIALIZED (${pickSlice(plan, size, after, 'id, timezone', values)}),
     zones AS MATERIALIZED (
       SELECT * FROM unnest($2::text[], $3::bigint[], $4::message_reason[]) AS zone(timezone, next_id, unsent)),
     inserted AS (
       INSERT INTO messages (id, mailing_id, client_id, status, reason)
       SELECT z.next_id + row_number() OVER (PARTITION BY p.timezone ORDER BY p.id) - 1, $1, p.id,
         (CASE z.unsent WHEN 'window' THEN 'expired' WHEN 'bad_timezone' THEN 'canceled' ELSE 'pending' END)::message_status,
         z.unsent
       FROM picked p JOIN zones z ON z.timezone = p.timezone ORDER BY 1)
     SELECT timezone, count(*)::int AS size, max(id) AS "lastClient" FROM picked GROUP BY timezone`,
    values,
  );
  return rows;
}

const insertZonedRanges = (client: pg.ClientBase, plan: Plan, zones: readonly Zone[], firstIds: readonly number[]) =>
  client.query(
    `INSERT INTO ranges (mailing_id, first_id, last_id, timezone, due_at, done, expired, canceled)
     SELECT $1, id, last_id, zone, due_at, unsent IS NOT NULL,
       CASE unsent WHEN 'window' THEN last_id - id + 1 ELSE 0 END,
       CASE unsent WHEN 'bad_timezone' THEN last_id - id + 1 ELSE 0 END
     FROM unnest($2::bigint[], $3::int[], $4::text[], $5::timestamptz[], $6::text[])
         AS zone(first_id, size, zone, due_at, unsent),
       generate_series(first_id, first_id + size - 1, ${rangeSize}) AS id,
       LATERAL (SELECT least(id + ${rangeSize - 1}, first_id + size - 1) AS last_id) AS part`,
    [
      plan.mailingId,
      firstIds,
      zones.map(({ size }) => size),
      zones.map(({ zone }) => zone),
      zones.map((zone) => zone.due_at),
      zones.map(({ unsent }) => unsent),
    ],
  );

/** A line in the timeline of each message that is canceled for want of a time zone. */
async function tellUnknownZones(client: pg.ClientBase, zones: readonly Zone[], firstIds: readonly number[]) {
  const unknown = zones.flatMap(({ timezone, size, unsent }, n) =>
    unsent === 'bad_timezone' ? [{ timezone, size, firstId: firstIds[n]! }] : [],
  );
  if (unknown.length === 0) return;
  await client.query(
    `INSERT INTO message_events (message_id, event, detail)
     SELECT id, 'canceled', format('The time zone "%s" is unknown.', timezone)
     FROM unnest($1::bigint[], $2::int[], $3::text[]) AS zone(first_id, size, timezone),
       generate_series(first_id, first_id + size - 1) AS id`,
    [unknown.map(({ firstId }) => firstId), unknown.map(({ size }) => size), unknown.map(({ timezone }) => timezone)],
  );
}

/** Counted and laid out in one snapshot, the two are the same. If not, nothing is kept of the start. */
function expectAll({ mailingId }: Plan, counted: number, laidOut: number): void {
  if (counted !== laidOut) {
    throw new Error(`Mailing ${mailingId} has an audience of ${counted}, but ${laidOut} messages were laid out.`);
  }
}
