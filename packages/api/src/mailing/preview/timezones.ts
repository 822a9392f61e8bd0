import { isTimezone, type MailingPreview, meantBy, timezoneIssue } from '@showroom/contract';
import type { Deps } from '../../context.js';
import type { Audience } from './audience.js';

type Counts = Pick<MailingPreview, 'bad_timezones' | 'ambiguous_timezones' | 'warnings'>;

interface Row {
  timezone: string;
  clients: number;
  /** By whose rules its clients are sent to; null where no rules are known. */
  zone: string | null;
  minutes: number | null;
}

/** How many names are warned of; the largest first. */
const mostTold = 5;

const readingsOf = `
  SELECT timezone, clients::float8 AS clients, zone,
    (extract(epoch FROM wall_clock(at, zone) - wall_clock(at, 'UTC')) / 60)::int AS minutes
  FROM unnest($1::text[], $2::bigint[]) AS z(timezone, clients),
    LATERAL (SELECT known_zone(timezone) AS zone, clock_timestamp() AS at OFFSET 0) AS reading
  ORDER BY clients DESC, timezone`;

/** Counts whose time zones are older than the list: those that are read as they always were, and those that cannot be. */
export async function judgeTimezones({ database }: Pick<Deps, 'database'>, zones: Audience['zones']): Promise<Counts> {
  const values = [zones.map(({ timezone }) => timezone), zones.map(({ clients }) => clients)];
  const rows = await database.sql<Row>(readingsOf, values);
  const bad = rows.filter(({ zone }) => zone === null);
  const ambiguous = rows.filter(({ zone, timezone }) => zone !== null && !isTimezone(timezone));
  return {
    bad_timezones: clientsOf(bad),
    ambiguous_timezones: clientsOf(ambiguous),
    warnings: [...tellSome(bad, tellBad), ...tellSome(ambiguous, tellAmbiguous)],
  };
}

const clientsOf = (rows: readonly Row[]) => rows.reduce((sum, { clients }) => sum + clients, 0);

function tellSome(rows: readonly Row[], tell: (row: Row) => string): string[] {
  const others = rows.slice(mostTold);
  if (others.length === 0) return rows.map(tell);
  const more = `${clientsOf(others)} more clients have other such time zones.`;
  return [...rows.slice(0, mostTold).map(tell), more];
}

const tellBad = (row: Row) =>
  `"${row.timezone}" is not a known time zone. ${toHolders(row)} it, and their messages will be canceled.`;

function tellAmbiguous(row: Row): string {
  const why =
    meantBy(row.timezone).length > 0 ? timezoneIssue(row.timezone)!.message : `"${row.timezone}" is no IANA time zone.`;
  const reading = row.zone === row.timezone ? toOffset(row.minutes!) : row.zone;
  return `${why} ${toHolders(row)} it, and it is read as ${reading}.`;
}

const toHolders = ({ clients }: Row) => (clients === 1 ? '1 client has' : `${clients} clients have`);

function toOffset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
