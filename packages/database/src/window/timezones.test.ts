import { timezoneNames } from '@showroom/contract';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { openDatabase } from '../database.js';
import { migrateDatabase } from '../migrate.js';
import { warnOfUnknownTimezones } from '../timezones.js';

/** A winter and a summer day; the first year with today's rules; and hours around changes of the clocks in Europe. */
const moments = [
  '2026-01-15T12:00:00Z',
  '2026-07-15T12:00:00Z',
  '2020-07-15T12:00:00Z',
  '2026-03-29T00:59:00Z',
  '2026-03-29T01:01:00Z',
  '2026-10-25T00:59:00Z',
  '2026-10-25T01:01:00Z',
];
const [winter, summer] = moments;

/** Names that came later than some tables in use: 2025b. A PostgreSQL or ICU with older tables may lack just these. */
const newest = ['America/Coyhaique'];

/** Minutes ahead of UTC by ICU's tables; null for a name that ICU lacks. */
function offsetByIcu(timeZone: string, at: string): number | null {
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    const shown = format.formatToParts(new Date(at)).find(({ type }) => type === 'timeZoneName')!.value;
    const [, sign, hours, minutes] = /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(shown)!;
    return sign ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) : 0;
  } catch {
    return null;
  }
}

describe('the list of time zones', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  async function offsets(names: readonly string[], at: string[]) {
    const rows = await database.query<{ name: string; at: string; minutes: number | null }>(
      `SELECT name, at, (extract(epoch FROM wall_clock(at::timestamptz, known_zone(name))
         - wall_clock(at::timestamptz, 'UTC')) / 60)::int AS minutes
       FROM unnest($1::text[]) AS name, unnest($2::text[]) AS at`,
      [names, at],
    );
    return rows;
  }

  it('has nothing that PostgreSQL and ICU do not know, and read alike in winter and in summer', async () => {
    const rows = await offsets(timezoneNames, [winter!, summer!]);
    expect(rows).to.have.length(2 * timezoneNames.length);
    const others = rows
      .map((row) => ({ ...row, icu: offsetByIcu(row.name, row.at) }))
      .filter(({ minutes, icu }) => minutes === null || minutes !== icu);
    expect(others.filter(({ name }) => !newest.includes(name))).to.deep.equal([]);
    for (const { minutes, icu } of others) expect(minutes === null || icu === null).to.equal(true);
  });

  it('has all that PostgreSQL has, but ambiguous abbreviations and what is no place', async () => {
    const rows = await database.query<{ name: string }>(
      `SELECT name FROM pg_timezone_names WHERE name !~ '^(posix|right|SystemV)/' ORDER BY name COLLATE "C"`,
    );
    const left = rows.map(({ name }) => name).filter((name) => !timezoneNames.includes(name));
    expect(left).to.include.members(['EST', 'HST', 'MST']);
    // The last ones are in the tables of some systems.
    const known = [
      'EST',
      'Factory',
      'HST',
      'MST',
      'localtime',
      'posixrules',
      'US/Pacific-New',
      'Canada/East-Saskatchewan',
    ];
    expect(left.filter((name) => !known.includes(name))).to.deep.equal([]);
  });

  it('reads CET, EET, MET and WET as zones with summer time, on any day and in any letter case', async () => {
    const names = ['CET', 'EET', 'MET', 'WET', 'cet'];
    for (const { name, at, minutes } of await offsets(names, moments)) {
      expect(minutes, `${name} at ${at}`).to.equal(offsetByIcu(name, at));
    }
    const opening = await database.query<{ at: Date }>(
      `SELECT window_opens('2026-07-01T00:00:00Z', known_zone('CET'), '09:00', '21:00') AS at`,
    );
    expect(opening[0]!.at.toISOString()).to.equal('2026-07-01T07:00:00.000Z');
  });

  it('goes on to read old names as they were read, or as ICU meant them, and never as UTC', async () => {
    const read = Object.fromEntries(
      (
        await offsets(
          [
            'IST',
            'EST',
            'est',
            'PST',
            'BST',
            'MSK',
            'AET',
            'ECT',
            'MIT',
            'SST',
            'PNT',
            'US/Pacific-New',
            '+0530',
            'SystemV/AST4',
          ],
          [summer!],
        )
      ).map(({ name, minutes }) => [name, minutes]),
    );
    expect(read).to.deep.equal({
      IST: 120,
      EST: -300,
      est: -300,
      PST: -480,
      BST: 60,
      MSK: 180,
      AET: 600,
      ECT: 120,
      MIT: 780,
      SST: 660,
      PNT: -420,
      'US/Pacific-New': -420,
      '+0530': 330,
      'SystemV/AST4': -240,
    });
    const unknown = [
      'Mars/Base',
      'UTC+3',
      'GMT+3',
      'Foo5',
      'Foo/Bar1',
      'Factory',
      'localtime',
      '',
      ' ',
      '+3',
      '+25:00',
      '-',
      '<+03>-3',
      "a'b",
      'right/UTC',
    ];
    const rows = await database.query<{ name: string }>(
      'SELECT name FROM unnest($1::text[]) AS name WHERE known_zone(name) IS NULL',
      [unknown],
    );
    expect(rows.map(({ name }) => name)).to.deep.equal(unknown);
  });
});

describe('the time zones of a PostgreSQL with older tables', () => {
  it('are warned of at the start, if any is missing', async () => {
    const test = await createTestDatabase();
    const database = await openDatabase({ url: test.url });
    const lines: [object, string][] = [];
    const look = () => warnOfUnknownTimezones(database, { warn: (...line) => lines.push(line) });
    const lacking = await look();
    expect(lacking.filter((name) => !newest.includes(name))).to.deep.equal([]);
    await test.query(`ALTER FUNCTION known_zone(text) RENAME TO zone_of`);
    await test.query(`CREATE FUNCTION known_zone(zone text) RETURNS text LANGUAGE sql STABLE AS $$
      SELECT CASE WHEN zone NOT IN ('Asia/Tokyo', 'Europe/Kyiv') THEN zone_of(zone) END $$`);
    lines.splice(0);
    expect(await look()).to.have.members([...lacking, 'Asia/Tokyo', 'Europe/Kyiv']);
    expect(lines).to.have.length(1);
    expect(lines[0]![0]).to.have.property('timezones').that.includes('Europe/Kyiv');
    await database.close();
    await test.drop();
  });
});

describe('the migration of time zones', () => {
  it('gives the open ranges of CET its summer time, and leaves the others', async () => {
    const database = await createTestDatabase({ empty: true });
    await migrateDatabase(database.url, { to: '0013-who-it-was' });
    await database.query(`INSERT INTO mailings (id, start_at, end_at, text, by_tag, by_code)
      VALUES (1, now(), now() + interval '1 day', '', false, false)`);
    await database.query(`INSERT INTO ranges (mailing_id, first_id, last_id, timezone, done)
      VALUES (1, 1, 1, 'CET', false), (1, 2, 2, 'wet', false), (1, 3, 3, 'CET', true), (1, 4, 4, 'IST', false),
        (1, 5, 5, NULL, false), (1, 6, 6, 'UTC', false)`);
    await migrateDatabase(database.url);
    const rows = await database.query<{ timezone: string }>('SELECT timezone FROM ranges ORDER BY first_id');
    expect(rows.map(({ timezone }) => timezone)).to.deep.equal([
      'Europe/Brussels',
      'Europe/Lisbon',
      'CET',
      'IST',
      null,
      'UTC',
    ]);
    await database.drop();
  });
});
