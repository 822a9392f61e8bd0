import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import fc from 'fast-check';

const minuteMs = 60_000;
/** With a Saturday that never was (Samoa), half hours (Lord Howe), changes at midnight (Beirut, Santiago), and offsets. */
const zones = [
  'UTC',
  'Europe/Moscow',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Kathmandu',
  '+03:00',
  '-09:30',
];

/** The minute of the day on a wall in the zone, by ICU's tables instead of PostgreSQL's. */
function createWall(zone: string) {
  const [, sign, h, m] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign) {
    const shift = Number(`${sign}1`) * (Number(h) * 60 + Number(m));
    return (at: number) => (at / minuteMs + shift) % 1_440;
  }
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at: number) => {
    const [hours, minutes] = format.format(at).split(':').map(Number);
    return hours! * 60 + minutes!;
  };
}

const isInside = (minute: number, opens: number, closes: number) =>
  opens < closes ? minute >= opens && minute < closes : minute >= opens || minute < closes;

/** Looks at every minute, one after the other. */
function findOpening(zone: string, at: number, opens: number, closes: number): number {
  const wall = createWall(zone);
  for (let minute = at; minute < at + 4 * 1_440 * minuteMs; minute += minuteMs) {
    if (isInside(wall(minute), opens, closes)) return minute;
  }
  return Number.POSITIVE_INFINITY;
}

const toTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

describe('window_opens', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.drop());

  async function ask(zone: string, at: number, opens: number, closes: number): Promise<number> {
    const [row] = await database.query<{ opening: Date }>(
      'SELECT window_opens($1::timestamptz, $2, $3::time, $4::time) AS opening',
      [new Date(at).toISOString(), zone, toTime(opens), toTime(closes)],
    );
    return Number(row!.opening);
  }

  const minuteOfDay = fc.integer({ min: 0, max: 1_439 });
  const moment = fc
    .integer({ min: Date.UTC(2024, 0, 1) / minuteMs, max: Date.UTC(2027, 0, 1) / minuteMs })
    .map((minute) => minute * minuteMs);
  /** Days on which clocks are changed somewhere, so that those cases are not left to chance. */
  const changing = fc
    .constantFrom(
      '2026-03-08',
      '2026-03-28',
      '2026-03-29',
      '2026-10-25',
      '2026-11-01',
      '2026-04-04',
      '2026-04-05',
      '2026-09-05',
      '2026-09-06',
    )
    .chain((day) => fc.integer({ min: -720, max: 2_160 }).map((minute) => Date.parse(day) + minute * minuteMs));

  it('finds the same minute as looking at every minute does, whatever the clocks do', async () => {
    const cases = fc.tuple(fc.constantFrom(...zones), fc.oneof(moment, changing, changing), minuteOfDay, minuteOfDay);
    await fc.assert(
      fc.asyncProperty(cases, async ([zone, at, opens, closes]) => {
        fc.pre(opens !== closes);
        expect(await ask(zone, at, opens, closes)).to.equal(findOpening(zone, at, opens, closes));
      }),
      { numRuns: 2_000 },
    );
  });

  for (const [what, zone, at, opens, closes, opening] of [
    ['now, while it is open', 'Europe/Moscow', '2026-06-01T09:00:00Z', '09:00', '21:00', '2026-06-01T09:00:00Z'],
    ['the next morning', 'Asia/Vladivostok', '2026-06-01T12:00:00Z', '09:00', '21:00', '2026-06-01T23:00:00Z'],
    ['across midnight', 'UTC', '2026-06-01T03:00:00Z', '22:00', '02:00', '2026-06-01T22:00:00Z'],
    [
      'when the clock jumps over its start',
      'Europe/Berlin',
      '2026-03-29T00:30:00Z',
      '02:30',
      '06:00',
      '2026-03-29T01:00:00Z',
    ],
    ['at the first of two starts', 'Europe/Berlin', '2026-10-24T22:00:00Z', '02:30', '02:40', '2026-10-25T00:30:00Z'],
    ['at the second of two starts', 'Europe/Berlin', '2026-10-25T00:45:00Z', '02:30', '02:40', '2026-10-25T01:30:00Z'],
    [
      'again when clocks set back bring it back',
      'America/Santiago',
      '2026-04-05T02:01:00Z',
      '02:00',
      '23:01',
      '2026-04-05T03:00:00Z',
    ],
    ['in an offset east of Greenwich', '+03:00', '2026-06-01T00:00:00Z', '09:00', '21:00', '2026-06-01T06:00:00Z'],
  ] as const) {
    it(`opens ${what}`, async () => {
      const [row] = await database.query<{ opening: Date }>('SELECT window_opens($1, $2, $3, $4) AS opening', [
        at,
        zone,
        opens,
        closes,
      ]);
      expect(row!.opening.toISOString()).to.equal(new Date(opening).toISOString());
    });
  }
});
