import type { JobState } from 'agenda';
import type pg from 'pg';
import { type Catalog, type JobFilter, mostCounted } from './catalog.js';
import { jobNames } from './mailing-jobs.js';

/** SQL: a job's state, as Agenda computes it. */
const state = `CASE
  WHEN locked_at IS NOT NULL THEN 'running'
  WHEN failed_at IS NOT NULL AND (last_finished_at IS NULL OR failed_at >= last_finished_at) THEN 'failed'
  WHEN repeat_interval IS NOT NULL THEN 'repeating'
  WHEN next_run_at > now() THEN 'scheduled'
  WHEN next_run_at IS NOT NULL THEN 'queued'
  ELSE 'completed' END`;

/** SQL: the order of the list, and the index that gives it: what runs has a lock, what is planned a next run. */
export const inOrder =
  'locked_at DESC NULLS LAST, next_run_at DESC NULLS LAST, last_finished_at DESC NULLS LAST, id DESC';

const ended = 'locked_at IS NULL AND next_run_at IS NULL';

function toCondition({ name, names, state: wanted, mailing }: JobFilter, values: unknown[]): string {
  const parts = [
    name !== undefined && `name = $${values.push(name)}`,
    names && `name = ANY($${values.push(names)})`,
    mailing !== undefined && `data @> $${values.push(JSON.stringify({ mailing }))}::jsonb`,
    wanted && (wanted === 'paused' ? 'disabled' : `${state} = $${values.push(wanted)}`),
  ].filter(Boolean);
  return parts.length > 0 ? `WHERE ${parts.join(' AND ')}` : '';
}

export function createPostgresCatalog(pool: pg.Pool): Catalog {
  async function ask<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await pool.query<Row>(text, values)).rows;
  }

  return {
    isId: (text) => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text),
    find: async (filter, { offset, limit }) => {
      const values: unknown[] = [];
      const condition = toCondition(filter, values);
      const counted = await ask<{ total: number }>(
        `SELECT count(*)::int AS total FROM (SELECT FROM agenda_jobs ${condition} LIMIT ${mostCounted}) AS counted`,
        values,
      );
      const page = `SELECT id FROM agenda_jobs ${condition} ORDER BY ${inOrder} LIMIT ${limit} OFFSET ${offset}`;
      return { total: counted[0]!.total, ids: (await ask<{ id: string }>(page, values)).map(({ id }) => id) };
    },
    count: () =>
      ask<{ name: string; state: JobState; jobs: number }>(
        `SELECT name, state, count(*)::int AS jobs FROM (
           SELECT name, ${state} AS state FROM agenda_jobs WHERE NOT (${ended})
           UNION ALL
           SELECT names.name, ofName.state FROM unnest($1::text[]) AS names (name), LATERAL (
             SELECT ${state} AS state FROM agenda_jobs j WHERE j.name = names.name AND ${ended} LIMIT ${mostCounted}) AS ofName
         ) AS counted GROUP BY 1, 2`,
        [jobNames],
      ),
    lagMs: async () => {
      const [row] = await ask<{ ms: number | null }>(
        `SELECT (extract(epoch FROM now() - min(next_run_at)) * 1000)::float8 AS ms FROM agenda_jobs
         WHERE locked_at IS NULL AND next_run_at <= now() AND NOT disabled`,
      );
      return Math.max(0, row?.ms ?? 0);
    },
    trim: async ({ atMost, forMs }, limit) => {
      const rows = await ask(
        `WITH old AS (
           (SELECT id FROM agenda_jobs WHERE ${ended} AND last_finished_at < now() - $1 * interval '1 ms' LIMIT $3)
           UNION
           (SELECT id FROM agenda_jobs WHERE ${ended} ORDER BY ${inOrder} OFFSET $2 LIMIT $3))
         DELETE FROM agenda_jobs WHERE id IN (SELECT id FROM old) AND ${ended} RETURNING 1`,
        [forMs, atMost, limit],
      );
      return rows.length;
    },
    ping: async () => {
      await ask('SELECT 1');
    },
  };
}
