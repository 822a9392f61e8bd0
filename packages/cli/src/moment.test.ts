import { expect } from 'chai';
import fc from 'fast-check';
import { localOffset, type Moment, showDate, toMoment } from './moment.js';

const minute = 60_000;

describe('a moment that is typed', () => {
  const usual = process.env.TZ;
  const inZone = (zone: string) => {
    process.env.TZ = zone;
  };
  afterEach(() => {
    if (usual === undefined) delete process.env.TZ;
    else process.env.TZ = usual;
  });

  const dateOf = (text: string) => (toMoment(text) as { at: Date }).at.toISOString();
  const refused = (text: string) => {
    const moment = toMoment(text);
    expect(moment, text).to.be.a('string');
    return moment as string;
  };

  it('is now, or so long after now', () => {
    for (const [text, minutes] of [
      ['now', 0],
      ['+30m', 30],
      ['+2h', 120],
      ['+1d', 1_440],
      ['+1d12h5m', 2_165],
      ['+1h0m', 60],
    ] as const)
      expect(toMoment(text), text).to.deep.equal({ afterMs: minutes * minute });
  });

  it('is a date with a time, of a zone that is said', () => {
    expect(dateOf('2026-12-01T09:00Z')).to.equal('2026-12-01T09:00:00.000Z');
    expect(dateOf('2026-12-01t09:00:30.5z')).to.equal('2026-12-01T09:00:30.500Z');
    expect(dateOf('2026-12-01 12:00+03:00')).to.equal('2026-12-01T09:00:00.000Z');
    expect(dateOf('2026-12-01T00:00-03:30')).to.equal('2026-12-01T03:30:00.000Z');
    expect(dateOf('2028-02-29T00:00Z')).to.equal('2028-02-29T00:00:00.000Z');
  });

  it("is of this machine's zone where none is said", () => {
    inZone('Europe/Moscow');
    expect(dateOf('2026-12-01 10:00')).to.equal('2026-12-01T07:00:00.000Z');
    inZone('America/New_York');
    expect(dateOf('2026-07-01T10:00')).to.equal('2026-07-01T14:00:00.000Z');
    inZone('Asia/Kathmandu');
    expect(dateOf('2026-07-01T00:00')).to.equal('2026-06-30T18:15:00.000Z');
  });

  for (const [what, words, texts] of [
    ['may be day or month first', 'year comes first', ['03.04.2099', '03/04/2099', '3-4-99', '03.04.2099 10:00']],
    ['has no time', 'A time is missing', ['2099-04-03']],
    [
      'no calendar has',
      'in the calendar',
      ['2027-02-29T10:00Z', '2099-02-30T10:00', '2099-13-01T10:00', '2099-00-10T10:00Z', '0026-12-01T10:00Z'],
    ],
    [
      'no clock shows',
      'a day goes from',
      ['2099-04-03T24:00', '2099-04-03T24:00Z', '2099-04-03T10:60', '2099-04-03T23:59:60Z'],
    ],
    [
      'has no such offset',
      'is not an offset',
      ['2099-04-03T10:00+15:00', '2099-04-03T10:00+02:60', '2099-04-03T10:00-12:30'],
    ],
    [
      'says nothing',
      'It must be now',
      ...[
        [
          ...['', ' ', 'soon', 'tomorrow', 'Now', '12', '1775000000', '10:00', '2099', '2099-04', '2099-4-3T10:00Z'],
          ...['Feb 30 2099', '3 April 2099', 'Fri, 03 Apr 2099 10:00:00 GMT', '2099-04-03T10Z', '2099-04-03T10:00 UTC'],
          ...[
            '2099-04-03T10:00 Z',
            '2099-04-03  10:00',
            ' 2099-04-03T10:00Z',
            '2099-04-03T10:00Z\n',
            '-1h',
            '20990403T100000Z',
          ],
          ...[
            '2099-04-03T10:00+03',
            '2099-04-03T10:00+0300',
            '+002099-04-03T10:00Z',
            '２０９９-04-03T10:00Z',
            '2099-04-03T10:00EST',
          ],
        ].filter((text) => !text.startsWith('+')),
      ],
    ],
    [
      'is no duration',
      'A duration is like',
      ['+', '+2', '+h', '+2x', '+2h1d', '+1.5h', '+-2h', '+ 2h', '+2 h', '+002099-04-03T10:00Z'],
    ],
    ['takes no time', 'takes no time', ['+0m', '+0d0h']],
    ['is too far ahead', 'ten years', ['+3661d', '+999999999h']],
  ] as [string, string, string[]][]) {
    it(`is refused when it ${what}`, () => {
      for (const text of texts) expect(refused(text), text).to.contain(words);
    });
  }

  it('is refused when the clocks skip it, or show it twice', () => {
    inZone('Europe/Berlin');
    expect(refused('2026-03-29 02:30')).to.contain('In Europe/Berlin the clocks skip it');
    expect(refused('2026-10-25T02:30')).to.contain('the clocks show it twice');
    expect(dateOf('2026-10-25T02:30+01:00')).to.equal('2026-10-25T01:30:00.000Z');
    expect(dateOf('2026-03-29 03:00')).to.equal('2026-03-29T01:00:00.000Z');
    expect(dateOf('2026-10-25 03:00')).to.equal('2026-10-25T02:00:00.000Z');
    inZone('Pacific/Apia');
    expect(refused('2011-12-30 10:00')).to.contain('skip it');
  });

  it('is shown with its zone, and in UTC', () => {
    const at = new Date('2026-12-01T07:00:00Z');
    inZone('Europe/Moscow');
    expect(showDate(at)).to.equal('2026-12-01 10:00 +03:00 (Europe/Moscow), which is 07:00 UTC');
    inZone('America/St_Johns');
    expect(showDate(new Date('2026-12-01T01:00:05Z'))).to.equal(
      '2026-11-30 21:30:05 -03:30 (America/St_Johns), which is 2026-12-01 01:00:05 UTC',
    );
    inZone('UTC');
    expect(showDate(at)).to.equal('2026-12-01 07:00 UTC');
  });

  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];
  const dates = fc.date({ min: new Date('1975-01-01'), max: new Date('2120-01-01'), noInvalidDate: true });

  it('is what a date says, written in any way that is taken', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -720, max: 840 }), fc.constantFrom('T', 't', ' '), (at, offset, between) => {
        const wall = new Date(at.getTime() + offset * minute).toISOString().slice(0, -1).replace('T', between);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
        const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        expect(dateOf(wall + zone)).to.equal(at.toISOString());
      }),
    );
  });

  it('is, by the clock of a zone, one that this clock shows then; else it is skipped or shown twice', () => {
    fc.assert(
      fc.property(dates, fc.constantFrom(...zones), (at, zone) => {
        inZone(zone);
        const wall = new Date(at.getTime() + localOffset(at.getTime())).toISOString().slice(0, -1);
        const moment = toMoment(wall);
        if (typeof moment === 'string') expect(moment).to.contain('show it twice');
        else expect((moment as { at: Date }).at.toISOString()).to.equal(at.toISOString());
      }),
      { numRuns: 500 },
    );
  });

  it('is read back from what is shown', () => {
    fc.assert(
      fc.property(dates, fc.constantFrom(...zones), (at, zone) => {
        inZone(zone);
        const whole = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
        const [, day, time, offset = 'Z'] = /^(\S+) (\S+)(?: ([+-]\S+) \(| UTC$)/.exec(showDate(whole))!;
        expect(dateOf(`${day}T${time}${offset}`)).to.equal(whole.toISOString());
      }),
    );
  });

  it('is never guessed: whatever else is typed is refused in a sentence', () => {
    const typed = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.stringMatching(/^[0-9+TZ:. /-]{1,25}$/),
      dates.map((date) => date.toString()),
      dates.map((date) => date.toUTCString()),
      dates.map((date) => date.toLocaleString('en-US')),
      dates.map((date) => date.toLocaleDateString('de-DE')),
    );
    fc.assert(
      fc.property(typed, (text) => {
        const moment: Moment | string = toMoment(text);
        if (typeof moment === 'string') expect(moment).to.match(/^[A-Z\d+-].*\.$|in the calendar\.$/s);
        else expect(text).to.match(/^now$|^\+(\d+d)?(\d+h)?(\d+m)?$|^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d/);
      }),
      { numRuns: 2_000 },
    );
  });
});
