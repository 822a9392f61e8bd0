import { expect } from 'chai';
import fc from 'fast-check';
import { startApi, type TestApi } from '../../api.suite.js';
import { readWindows } from './windows.js';

const day = 86_400;
const toTime = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:00`;

describe('the windows that are looked up', function () {
  this.timeout(60_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const look = (from: string, seconds: number, timezones: string[], [opens, closes]: [string, string]) =>
    readWindows(
      api,
      { startAt: new Date(from), endAt: new Date(from), sendWindowStart: opens, sendWindowEnd: closes },
      { from: new Date(from), seconds },
      timezones.map((timezone) => ({ timezone, clients: 1 })),
    );

  /** One after the other, each by asking the database when it opens and closes. */
  async function ask(from: string, seconds: number, timezone: string, [opens, closes]: [string, string]) {
    const begin = Date.parse(from);
    const until = begin + seconds * 1_000;
    const after = async (at: number, one: string, other: string) => {
      const values = [new Date(at).toISOString(), timezone, one, other];
      const [row] = await api.query<{ at: Date }>('SELECT window_opens($1::timestamptz, $2, $3, $4) AS at', values);
      return Number(row!.at);
    };
    const found: { opens: number; closes: number }[] = [];
    let opening = await after(begin, opens, closes);
    while (opening < until) {
      const closing = await after(opening, closes, opens);
      found.push({ opens: (opening - begin) / 1_000, closes: (Math.min(closing, until) - begin) / 1_000 });
      opening = await after(closing, opens, closes);
    }
    return found;
  }

  it('are the same as going from one to the next, whatever the clocks do', async () => {
    // Around the days on which the clocks are changed somewhere, half an hour in Lord Howe, and at midnight in Beirut.
    const from = fc
      .constantFrom('2026-03-05', '2026-03-26', '2026-04-02', '2026-09-03', '2026-10-22', '2026-10-30', '2027-02-04')
      .chain((date) => fc.integer({ min: 0, max: 1_439 }).map((minute) => Date.parse(date) + minute * 60_000))
      .map((at) => new Date(at).toISOString());
    const zone = fc.constantFrom(
      'Europe/Berlin',
      'America/New_York',
      'America/Santiago',
      'Asia/Beirut',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      '+05:30',
    );
    const minute = fc.integer({ min: 0, max: 1_439 });
    await fc.assert(
      fc.asyncProperty(from, zone, minute, minute, async (begin, timezone, one, other) => {
        fc.pre(one !== other);
        const window: [string, string] = [toTime(one), toTime(other)];
        const [found] = await look(begin, 9 * day, [timezone], window);
        expect(found!.windows).to.deep.equal(await ask(begin, 9 * day, timezone, window));
      }),
      { numRuns: 200 },
    );
  });

  it('put zones together that are open at the same times, and leave out a zone that nobody knows', async () => {
    const zones = await look(
      '2026-06-01T00:00:00Z',
      day,
      ['UTC', 'Mars/Base', '+03:00', 'Europe/Moscow', '+0300'],
      ['09:00:00', '10:00:00'],
    );
    expect(zones).to.have.deep.members([
      { clients: 1, windows: [{ opens: 9 * 3_600, closes: 10 * 3_600 }] },
      { clients: 3, windows: [{ opens: 6 * 3_600, closes: 7 * 3_600 }] },
    ]);
  });

  it('are none where the end comes first, and cut short by the end', async () => {
    const zones = await look('2026-06-01T00:00:00Z', 7 * 3_600, ['UTC', '+04:00', '+02:00'], ['08:00:00', '10:00:00']);
    expect(zones).to.have.deep.members([
      { clients: 1, windows: [] },
      { clients: 1, windows: [{ opens: 4 * 3_600, closes: 6 * 3_600 }] },
      { clients: 1, windows: [{ opens: 6 * 3_600, closes: 7 * 3_600 }] },
    ]);
  });

  it('begin at once in a window that is open, also across midnight', async () => {
    const [zone] = await look('2026-06-01T01:00:00Z', 2 * day, ['UTC'], ['22:00:00', '02:00:00']);
    expect(zone!.windows).to.deep.equal([
      { opens: 0, closes: 3_600 },
      { opens: 21 * 3_600, closes: 25 * 3_600 },
      { opens: 45 * 3_600, closes: 48 * 3_600 },
    ]);
  });
});
