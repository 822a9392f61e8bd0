import type pg from 'pg';

/** The filter of a mailing: tags are OR-ed, codes are OR-ed, the two are AND-ed. One that names none does not restrict. */
export interface Filter {
  readonly by_tag: boolean;
  readonly by_code: boolean;
  readonly tag_ids: readonly number[];
  readonly code_ids: readonly number[];
}

/** The clients of one time zone, and the block of message ids that they get. */
export interface Zone {
  /** As the clients have it. */
  readonly timezone: string;
  /** As it is computed with; null when it is unknown. */
  readonly zone: string | null;
  readonly size: number;
  /** When the window opens there; text, for a Date has no microseconds. */
  readonly due_at: string;
  /**
   * Why nobody there is asked for: the window does not open before the end, and the messages expire at once; or nobody
   * knows when it is open, and they are canceled.
   */
  readonly unsent: 'window' | 'bad_timezone' | null;
}

const readFilterOf = `
  SELECT by_tag, by_code,
    ARRAY(SELECT tag_id FROM mailing_tags WHERE mailing_id = m.id) AS tag_ids,
    ARRAY(SELECT code_id FROM mailing_codes WHERE mailing_id = m.id) AS code_ids
  FROM mailings m WHERE id = $1`;

export const readFilter = async (client: pg.ClientBase, mailingId: number): Promise<Filter> =>
  (await client.query<Filter>(readFilterOf, [mailingId])).rows[0]!;

/** SQL: the conditions under which a client belongs to the audience; adds what they need to `values`. */
export function toConditions({ by_tag, by_code, tag_ids, code_ids }: Filter, values: unknown[]): string[] {
  const conditions: string[] = [];
  if (by_tag) conditions.push(`tag_id = ANY($${values.push(tag_ids)}::bigint[])`);
  if (by_code) conditions.push(`code_id = ANY($${values.push(code_ids)}::bigint[])`);
  return conditions;
}

export const toWhere = (conditions: readonly string[]) =>
  conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';

const keepAudience = (where: string) => `
  WITH picked AS MATERIALIZED (SELECT tag_id, code_id, count(*) AS clients FROM clients ${where} GROUP BY 1, 2),
  kept AS (
    INSERT INTO mailing_audiences (mailing_id, kind, key, clients)
    SELECT $1, CASE WHEN GROUPING(tag_id) = 0 THEN 'tag' ELSE 'code' END, coalesce(tag_id, code_id), sum(clients)
    FROM picked GROUP BY GROUPING SETS ((tag_id), (code_id)))
  SELECT coalesce(sum(clients), 0)::float8 AS size FROM picked`;

/** Counts the audience, and keeps its counts by tag and by code. */
export async function countAudience(client: pg.ClientBase, mailingId: number, filter: Filter): Promise<number> {
  const values: unknown[] = [mailingId];
  const where = toWhere(toConditions(filter, values));
  const { rows } = await client.query<{ size: number }>(keepAudience(where), values);
  return rows[0]!.size;
}

/** The audience by time zone, in the order of the zones' names. */
export async function countByZone(client: pg.ClientBase, mailingId: number, filter: Filter): Promise<Zone[]> {
  const values: unknown[] = [mailingId];
  const { rows } = await client.query<Zone>(
    `WITH sizes AS MATERIALIZED (
       SELECT timezone, known_zone(timezone) AS zone, count(*)::int AS size
       FROM clients ${toWhere(toConditions(filter, values))} GROUP BY 1),
     dues AS MATERIALIZED (
       SELECT timezone, zone, size, end_at,
         next_due(clock_timestamp(), zone, send_window_start, send_window_end) AS due_at
       FROM sizes, mailings WHERE id = $1)
     SELECT timezone, zone, size, due_at::text,
       CASE WHEN zone IS NULL THEN 'bad_timezone' WHEN due_at >= end_at THEN 'window' END AS unsent
     FROM dues ORDER BY timezone COLLATE "C"`,
    values,
  );
  return rows;
}
