import { expect } from 'chai';
import { NewClient } from '../clients.js';
import { isTimezone, meantBy, spellTimezone, timezoneIssue, timezoneNames } from './timezone.js';

const refusalOf = (name: string) => timezoneIssue(name)?.message;

describe('a time zone', () => {
  for (const name of [
    'GMT',
    'Japan',
    'W-SU',
    'UTC',
    'CET',
    'EET',
    'MET',
    'WET',
    'Etc/GMT+5',
    'EST5EDT',
    'America/Argentina/Salta',
  ]) {
    it(`may be ${name}`, () => expect([isTimezone(name), timezoneNames.includes(name)]).to.deep.equal([true, true]));
  }

  for (const name of ['+03:00', '-0930', '+14:00'])
    it(`may be the offset ${name}`, () => expect(isTimezone(name)).to.equal(true));

  for (const name of [
    'Mars/Base',
    'Factory',
    'posix/Europe/Moscow',
    'UTC+3',
    'GMT+3',
    '+15:00',
    '+3',
    '',
    'Europe',
    ' UTC',
    'XYZ',
    'constructor',
    'US/Pacific-New',
  ]) {
    it(`is not "${name}"`, () => {
      expect(refusalOf(name)).to.equal(
        'Must be an IANA time zone such as "Europe/Moscow", or an offset such as "+03:00".',
      );
      expect(timezoneIssue(name)!.params.reason).to.equal('unknown_timezone');
    });
  }

  for (const [name, zones] of [
    ['IST', 'Asia/Jerusalem, Asia/Kolkata or Europe/Dublin'],
    ['EST', 'America/New_York or America/Panama'],
    ['CST', 'America/Chicago, America/Havana, America/Mexico_City or Asia/Shanghai'],
    ['PST', 'America/Los_Angeles or Asia/Manila'],
    ['BST', 'Asia/Dhaka or Europe/London'],
    ['bst', 'Asia/Dhaka or Europe/London'],
    ['MST', 'America/Denver or America/Phoenix'],
    ['HST', 'America/Adak or Pacific/Honolulu'],
    ['ART', 'Africa/Cairo or America/Argentina/Buenos_Aires'],
  ] as const) {
    it(`is not ${name}, which names candidates`, () => {
      expect(refusalOf(name)).to.equal(`"${name}" is ambiguous: use ${zones}.`);
      expect(timezoneIssue(name)!.params.reason).to.equal('ambiguous_timezone');
    });
  }

  it('is not an abbreviation that means one zone, which is named', () => {
    expect(refusalOf('JST')).to.equal('"JST" is an abbreviation, not an IANA time zone: use Asia/Tokyo.');
    expect(refusalOf('AET')).to.contain('use Australia/Sydney.');
  });

  it('has candidates that are themselves taken', () => {
    const names = ['IST', 'EST', 'CST', 'PST', 'BST', 'SST', 'ACT', 'NST', 'VST', 'AGT', 'WITA'];
    const unusable = names.filter((name) => meantBy(name).length === 0 || !meantBy(name).every(isTimezone));
    expect(unusable).to.deep.equal([]);
  });

  it('is kept as it was given, in the spelling of the list', () => {
    const client = { phone_number: '7', mobile_operator_code: 1, tag: 1 };
    for (const [given, kept] of [
      ['europe/moscow', 'Europe/Moscow'],
      ['AMERICA/PORT-AU-PRINCE', 'America/Port-au-Prince'],
      ['asia/calcutta', 'Asia/Calcutta'],
      ['w-su', 'W-SU'],
      ['zulu', 'Zulu'],
      ['-0930', '-0930'],
    ] as const) {
      expect(NewClient.parse({ ...client, timezone: given }).timezone).to.equal(kept);
      expect(isTimezone(given)).to.equal(true);
    }
    expect(spellTimezone('Mars/base')).to.equal('Mars/base');
  });

  it('is looked up in one list, which does not grow', () => {
    const before = timezoneNames.length;
    for (let n = 0; n < 1_000; n++) isTimezone(`Europe/${n}`);
    expect(timezoneNames).to.have.length(before);
    expect(new Set(timezoneNames).size).to.equal(before);
  });
});
