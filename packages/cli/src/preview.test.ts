import type { MailingPreview } from '@showroom/sdk';
import { expect } from 'chai';
import type { Place } from './calling.js';
import { createMailing } from './new-mailing.js';
import { describePreview } from './preview.js';

const warnings = [
  '"IST" is ambiguous: use Asia/Jerusalem, Asia/Kolkata or Europe/Dublin. 3 clients have it, and it is read as UTC+02:00.',
  '"Mars/Base" is not a known time zone. 2 clients have it, and their messages will be canceled.',
];
const preview: MailingPreview = {
  audience: 5,
  sample: [],
  by_tag: [{ name: 'vip', clients: 5 }],
  by_code: [{ code: '900', clients: 5 }],
  bad_numbers: 0,
  bad_timezones: 2,
  ambiguous_timezones: 3,
  sms: { encoding: 'GSM-7', characters: 2, parts: 1, total_parts: 5 },
  left: null,
  per_second: null,
  rate_from: 'none',
  finishes_at: null,
  seconds: null,
  misses: 0,
  misses_window: 0,
  warnings,
};

/** A service that warns, and somebody at a terminal who says no. */
function createPlace() {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const terminal = {
    ...{ isSeen: true, canAsk: true, say, note: say, tell: () => {}, whenStopped: () => {} },
    confirm: async (question: string) => {
      say(question);
      return false;
    },
  };
  const showroom = { mailing: { preview: async () => preview } };
  return { said, place: { showroom, terminal, clock: {} } as unknown as Place };
}

describe('the warnings of a preview, by the cli', () => {
  const options = {
    text: 'hi',
    tag: ['vip'],
    start: { at: new Date() },
    end: { at: new Date(Date.now() + 3_600_000) },
  };
  const told = warnings.map((warning) => `Warning: ${warning}`);

  it('are shown by --dry-run', async () => {
    const { said, place } = createPlace();
    expect(await createMailing(place, { ...options, dryRun: true })).to.equal(undefined);
    expect(said.slice(-2)).to.deep.equal(told);
  });

  it('are shown before the question', async () => {
    const { said, place } = createPlace();
    expect(await createMailing(place, options)).to.equal(undefined);
    expect(said.slice(-4)).to.deep.equal([...told, 'Send to 5 clients?', 'No mailing was created.']);
  });
});

describe('the preview of a mailing that has started, by the cli', () => {
  const started: MailingPreview = {
    ...preview,
    ...{ left: 12_345, per_second: 147.234, rate_from: 'this_mailing', warnings: [] },
    ...{ seconds: 84, finishes_at: new Date('2099-01-01T10:00:00Z') },
  };

  it('tells what is left, where the rate comes from, and how long it takes', () => {
    const [left, time, ...rest] = describePreview(started);
    expect(left).to.equal('12,345 messages left.');
    expect(time).to.match(
      /^At 147 a second, which it reached within the last minute, it takes 84 seconds, until 2099-01-/,
    );
    expect(rest).to.deep.equal([]);
  });

  it('tells who misses the end, and why the rate is not measured', () => {
    const lines = describePreview({
      ...started,
      rate_from: 'mailing',
      per_second: 10,
      misses: 7,
      warnings: ['Paused.'],
    });
    expect(lines[1]).to.match(/^At 10 a second, its limit, it takes/);
    expect(lines.slice(2)).to.deep.equal(['7 clients would not get it before the end.', 'Warning: Paused.']);
  });

  it('says that nothing is left', () => {
    expect(describePreview({ ...started, left: 0, seconds: null, finishes_at: null })).to.deep.equal([
      'Nothing is left to send.',
    ]);
  });

  it('tells of all of it where an older service does not say what is left', () => {
    const { left: _, ...older } = started;
    expect(describePreview(older as MailingPreview)[0]).to.match(/^It would reach 5 clients/);
  });
});
