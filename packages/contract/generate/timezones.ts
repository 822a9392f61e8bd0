/*
 * Writes src/kit/timezone-names.ts: which time zones a client may have. Run it with `npm run timezones` when PostgreSQL
 * brings new names; the database's tests compare the result with PostgreSQL and with ICU.
 *
 * The names are those of pg_timezone_names, without `Factory`, which is no place, and without ambiguous abbreviations.
 *
 * An abbreviation is a name that a clock shows in January or July 2026, such as IST; or one of three letters that ICU
 * takes and PostgreSQL lacks as a zone. Its candidates are the zones that show it, one for each pair of offsets in
 * January and July, and the zone that ICU takes it for. An abbreviation is refused with its candidates, also where
 * PostgreSQL has a zone of that name: EST, HST and MST have no summer time there, and most who write them do.
 * Kept are CET, EET, MET and WET, which are zones with summer time, and GMT and the names of UTC, which mean one thing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startPostgres } from '@showroom/postgres';
import { withClient } from '@showroom/testing';

const kept = ['CET', 'EET', 'MET', 'WET', 'GMT', 'UCT', 'UTC', 'Zulu'];

/** The candidate that most people mean, of those with the same offsets; without one, the first by name. */
const wellKnown = `
  Africa/Algiers Africa/Johannesburg Africa/Lagos Africa/Maputo Africa/Nairobi America/Anchorage America/Chicago
  America/Denver America/Halifax America/Los_Angeles America/Mexico_City America/New_York America/Panama America/Phoenix
  America/Puerto_Rico Asia/Jakarta Asia/Jerusalem Asia/Karachi Asia/Kolkata Asia/Makassar Asia/Seoul Asia/Shanghai
  Australia/Sydney Europe/Athens Europe/Berlin Europe/Lisbon Europe/London Europe/Moscow Pacific/Auckland
  Pacific/Honolulu Pacific/Pago_Pago`
  .trim()
  .split(/\s+/);

/** Places that PostgreSQL reads an abbreviation for, and whose clocks no longer show it. */
const former: Record<string, string> = { ACT: 'America/Rio_Branco', ART: 'America/Argentina/Buenos_Aires' };

/** ICU's spelling of a zone → the one that is in use. */
const renamed: Record<string, string> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
};

const show = `
  CREATE FUNCTION pg_temp.shown(zone text, at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM set_config('TimeZone', zone, true);
    RETURN to_char(at, 'TZ');
  END $$`;
const zonesOf = `
  SELECT name, array_agg(pg_temp.shown(name, at)) AS shown, string_agg((at AT TIME ZONE name)::text, ' ') AS rules
  FROM (
    SELECT name, at FROM pg_timezone_names, unnest('{2026-01-15T12:00:00Z,2026-07-15T12:00:00Z}'::timestamptz[]) AS at
    WHERE name <> 'Factory' AND name !~ '^(posix|right)/' AND name !~ '^(localtime|posixrules)$'
    ORDER BY name, at) AS looks
  GROUP BY name ORDER BY name COLLATE "C"`;

interface Zone {
  name: string;
  shown: string[];
  /** What its clocks show at the two moments: zones of the same rules are one candidate. */
  rules: string;
}

async function readZones(): Promise<{ zones: Zone[]; version: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'showroom-timezones-'));
  const postgres = await startPostgres({ dir });
  try {
    return await withClient(postgres.url, async (client) => {
      await client.query(show);
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return { zones: (await client.query<Zone>(zonesOf)).rows, version: rows[0]!.server_version };
    });
  } finally {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Every name of three letters that ICU takes, and for which zone. */
function readIcu(): Map<string, string> {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const names = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const taken = new Map<string, string>();
  for (const name of names) {
    try {
      taken.set(name, new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone);
    } catch {
      // No name of a time zone.
    }
  }
  return taken;
}

function toAbbreviations(zones: Zone[]): Map<string, string[]> {
  const places = zones.filter(({ name }) => name.includes('/') && !name.startsWith('Etc/'));
  const candidates = new Map<string, Map<string, string>>();
  const add = (abbreviation: string, { name, rules }: Zone) => {
    const found = candidates.get(abbreviation) ?? new Map<string, string>();
    candidates.set(abbreviation, found);
    if (!found.has(rules)) found.set(rules, name);
  };
  const byName = new Map(places.map((zone) => [zone.name, zone]));
  const first = wellKnown.map((name) => byName.get(name)!);
  for (const zone of [...first, ...places]) {
    for (const shown of zone.shown) if (/^[A-Za-z]{3,5}$/.test(shown)) add(shown.toUpperCase(), zone);
  }
  const zoneNames = new Set(zones.map(({ name }) => name));
  for (const [abbreviation, name] of [...readIcu(), ...Object.entries(former)]) {
    const zone = byName.get(renamed[name] ?? name);
    if (zone && (!zoneNames.has(abbreviation) || candidates.has(abbreviation))) add(abbreviation, zone);
  }
  for (const name of kept) candidates.delete(name.toUpperCase());
  return new Map([...candidates].sort().map(([name, found]) => [name, [...found.values()].sort()]));
}

/** Lines of words, as long as the formatter lets them be. */
function wrap(words: string[]): string {
  const lines = [''];
  for (const word of words) {
    if (lines.at(-1)!.length + word.length > 115) lines.push('');
    lines.push(`${lines.pop()} ${word}`);
  }
  return lines.map((line) => ` ${line}`).join('\n');
}

function print(names: string[], abbreviations: Map<string, string[]>, version: string): string {
  const areas = new Map<string, string[]>();
  for (const name of names) {
    const area = name.slice(0, name.lastIndexOf('/') + 1);
    areas.set(area, [...(areas.get(area) ?? []), name]);
  }
  const listed = [...areas].map(([area, found]) => {
    return `  ['${area}', \`\n${wrap(found.map((name) => name.slice(area.length)))}\`],`;
  });
  const meant = [...abbreviations].map(([name, zones]) => `  ${name}: '${zones.join(' ')}',`);
  return `/*
 * Made by \`npm run timezones\`, from PostgreSQL ${version} and ICU's time zones ${process.versions.tz}. Not to be edited.
 */

/** The names below each area. */
export const namesByArea: readonly (readonly [string, string])[] = [
${listed.join('\n')}
];

/** What is no name of a time zone, and the zones that people mean by it. */
export const abbreviations: Readonly<Record<string, string>> = {
${meant.join('\n')}
};
`;
}

const root = resolve(import.meta.dirname, '../../..');
const { zones, version } = await readZones();
const abbreviations = toAbbreviations(zones);
const names = zones.map(({ name }) => name).filter((name) => !abbreviations.has(name.toUpperCase()));
const path = join(root, 'packages/contract/src/kit/timezone-names.ts');
await writeFile(path, print(names, abbreviations, version));
execFileSync('npx', ['biome', 'check', '--write', path], { cwd: root, stdio: 'inherit' });
