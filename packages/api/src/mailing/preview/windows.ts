import type { Deps } from '../../context.js';
import type { Times } from '../mailing.times.js';
import type { Audience } from './audience.js';
import type { Zone } from './schedule.js';

/** The time that a mailing has. */
export interface Span {
  /** The later of start and now, by the database's clock. */
  readonly from: Date;
  /** From then to the end; 0 when that is past. */
  readonly seconds: number;
}

const spanOf = `
  SELECT begin AS from, greatest(0, extract(epoch FROM $2::timestamptz - begin))::float8 AS seconds
  FROM (SELECT greatest($1::timestamptz, clock_timestamp()) AS begin) AS b`;

export async function readSpan({ database }: Deps, { startAt, endAt }: Times): Promise<Span> {
  const [span] = await database.sql<Span>(spanOf, [startAt.toISOString(), endAt.toISOString()]);
  return span!;
}

/*
 * A window closes when the one between its closing and its next opening opens. Where the clocks are not changed around
 * it, the next is there a day later, to the second: hundreds of them are found without looking at each. The first does
 * not tell of the next, for it may have been open for hours. What is open at the same times is one zone.
 */
const windowsOf = `
  WITH RECURSIVE span AS (
    SELECT $3::timestamptz AS begin, $3::timestamptz + $4::float8 * interval '1 s' AS until, $5::time AS o, $6::time AS c),
  zones AS MATERIALIZED (
    SELECT known_zone(name) AS zone, sum(clients) AS clients FROM unnest($1::text[], $2::bigint[]) AS z(name, clients)
    WHERE known_zone(name) IS NOT NULL GROUP BY 1),
  opened AS (
    SELECT zone, opens_at, window_opens(opens_at, zone, c, o) AS closes_at, 1 AS nth
    FROM (SELECT zone, window_opens(begin, zone, o, c) AS opens_at FROM zones, span OFFSET 0) AS first, span
    WHERE opens_at < until
    UNION ALL
    SELECT zone, next_at,
      CASE WHEN is_steady THEN closes_at + interval '24 h' ELSE window_opens(next_at, zone, c, o) END, nth + 1
    FROM opened, span,
      LATERAL (SELECT opens_at - interval '3 h' AS before, closes_at + interval '27 h' AS after) AS around,
      LATERAL (SELECT nth > 1 AND wall_clock(after, zone) - wall_clock(before, zone) = after - before AS is_steady
               OFFSET 0) AS days,
      LATERAL (SELECT CASE WHEN is_steady THEN opens_at + interval '24 h' ELSE window_opens(closes_at, zone, o, c) END
                 AS next_at OFFSET 0) AS next
    WHERE closes_at < until AND next_at < until),
  planned AS (
    SELECT zone, clients,
      coalesce(array_agg(extract(epoch FROM opens_at - begin)::float8 ORDER BY nth) FILTER (WHERE nth > 0), '{}') AS opens,
      coalesce(array_agg(extract(epoch FROM least(closes_at, until) - begin)::float8 ORDER BY nth)
        FILTER (WHERE nth > 0), '{}') AS closes
    FROM zones LEFT JOIN opened USING (zone), span GROUP BY zone, clients)
  SELECT sum(clients)::float8 AS clients, opens, closes FROM planned GROUP BY opens, closes`;

interface Row {
  clients: number;
  opens: number[];
  closes: number[];
}

/**
 * Between when and when the audience can be sent to in the first `seconds` of a span, time zone by time zone. With a
 * window, clients of unknown time zones are left out: their messages are canceled.
 */
export async function readWindows(
  { database }: Pick<Deps, 'database'>,
  { sendWindowStart, sendWindowEnd }: Times,
  { from, seconds }: Span,
  zones: Audience['zones'],
): Promise<Zone[]> {
  if (sendWindowStart === null) {
    const windows = seconds > 0 ? [{ opens: 0, closes: seconds }] : [];
    return [{ clients: zones.reduce((sum, { clients }) => sum + clients, 0), windows }];
  }
  const [names, sizes] = [zones.map(({ timezone }) => timezone), zones.map(({ clients }) => clients)];
  const values = [names, sizes, from.toISOString(), seconds, sendWindowStart, sendWindowEnd];
  const rows = await database.sql<Row>(windowsOf, values);
  return rows.map(({ clients, opens, closes }) => ({
    clients,
    windows: opens.map((each, n) => ({ opens: each, closes: closes[n]! })),
  }));
}
