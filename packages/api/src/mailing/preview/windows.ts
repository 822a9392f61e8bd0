import type { Deps } from '../../context.js';
import type { Audience } from './audience.js';
import type { Zone } from './schedule.js';

/** When a mailing may send. */
export interface Times {
  readonly startAt: Date;
  readonly endAt: Date;
  readonly sendWindowStart: string | null;
  readonly sendWindowEnd: string | null;
}

export interface Plan {
  /** The later of start and now, by the database's clock. */
  readonly from: Date;
  readonly zones: readonly Zone[];
}

/** Windows that are reckoned with in all: a few for each of many zones, many for each of a few. */
const mostWindows = 6_000;
const mostOfOneZone = 400;

const fromOf = `
  SELECT begin AS from, greatest(0, extract(epoch FROM $2::timestamptz - begin))::float8 AS seconds
  FROM (SELECT greatest($1::timestamptz, clock_timestamp()) AS begin) AS b`;

// A window closes when the one between its closing and its next opening opens.
const windowsOf = `
  WITH RECURSIVE zones AS MATERIALIZED (
    SELECT n::int, known_zone(name) AS zone FROM unnest($1::text[]) WITH ORDINALITY AS z(name, n)),
  opened AS (
    SELECT n, zone, window_opens($2::timestamptz, zone, $4::time, $5::time) AS opens_at, 1 AS nth FROM zones
    UNION ALL
    SELECT n, zone, window_opens(window_opens(opens_at, zone, $5::time, $4::time), zone, $4::time, $5::time), nth + 1
    FROM opened WHERE opens_at < $3::timestamptz AND nth < $6)
  SELECT n, extract(epoch FROM opens_at - $2::timestamptz)::float8 AS opens,
    extract(epoch FROM least(window_opens(opens_at, zone, $5::time, $4::time), $3::timestamptz) - $2::timestamptz)::float8
      AS closes
  FROM opened WHERE opens_at < $3::timestamptz ORDER BY n, opens_at`;

/** Between when and when the audience can be sent to, time zone by time zone. */
export async function planWindows({ database }: Deps, times: Times, zones: Audience['zones']): Promise<Plan> {
  const { startAt, endAt, sendWindowStart, sendWindowEnd } = times;
  const [begin] = await database.sql<{ from: Date; seconds: number }>(fromOf, [
    startAt.toISOString(),
    endAt.toISOString(),
  ]);
  const { from, seconds } = begin!;
  if (sendWindowStart === null) {
    const windows = seconds > 0 ? [{ opens: 0, closes: seconds }] : [];
    return { from, zones: zones.map(({ clients }) => ({ clients, windows })) };
  }
  const names = zones.map(({ timezone }) => timezone);
  const most = Math.min(mostOfOneZone, Math.max(2, Math.floor(mostWindows / Math.max(1, zones.length))));
  const values = [names, from.toISOString(), endAt.toISOString(), sendWindowStart, sendWindowEnd, most];
  const rows = await database.sql<{ n: number; opens: number; closes: number }>(windowsOf, values);
  const windows: Zone['windows'][number][][] = zones.map(() => []);
  for (const { n, opens, closes } of rows) windows[n - 1]!.push({ opens, closes });
  return { from, zones: zones.map(({ clients }, index) => ({ clients, windows: windows[index]! })) };
}
