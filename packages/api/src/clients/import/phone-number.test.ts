import { expect } from 'chai';
import { toDigits } from './phone-number.js';
import { header, readFile } from './reading.suite.js';

const digits = '79000000106';
const written = [
  '+79000000106',
  '7 900 000 01 06',
  '+7 (900) 000-01-06',
  "'79000000106",
  '’+79000000106',
  '\u202a79000000106\u202c',
  '79\u200b000000106',
  '\ufeff79000000106',
  '7900\u00ad0000106',
  '\u2060+7\u00a0900\u202f000\u200901\u200306',
  '7–900—000‑01−06',
  '[7] {900} （000）0106',
  '＋79000000106',
  ' 79000000106 ',
  '7\t9000000106',
];
const files = (...values: string[]) =>
  `${header}\n${values.map((value) => `"${value.replaceAll('"', '""')}",UTC,1,1`).join('\n')}`;

describe('phone numbers in files', () => {
  it('are cleaned of what people and programs write into them, and counted', async () => {
    for (const each of written) expect(toDigits(each), JSON.stringify(each)).to.equal(digits);
    const { good, counts, errors } = await readFile(files(digits, ...written));
    expect(errors).to.deep.equal([]);
    expect(new Set(good.map(({ phone }) => phone))).to.deep.equal(new Set([digits]));
    expect(counts.normalized).to.equal(written.length);
  });

  it('that have more in them are refused with the character that is wrong, however long they are', async () => {
    const wrong = { '79000000131;': ';', 'tel:+79000000129': 't', '79000000133.0': '.', '="79000000132"': '=' };
    const { errors } = await readFile(files(...Object.keys(wrong), '790000001310'));
    const words = errors.map(({ errors: { phone_number } }) => phone_number?.[0]);
    for (const [index, character] of Object.values(wrong).entries()) {
      expect(words[index])
        .to.match(/^Must consist of digits, without /)
        .and.contain(`"${character}`);
    }
    expect(words[4]).to.equal('Must have at most 11 characters.');
  });

  it('are cleaned in NDJSON, too, where they are text', async () => {
    const rows = [79000000106, '+7 900 000-01-06', -79000000106, 7.9e10].map((phone) =>
      JSON.stringify({ phone_number: phone, timezone: 'UTC', mobile_operator_code: 1, tag: 1 }),
    );
    const { good, counts, errors } = await readFile(rows.join('\n'), { type: 'application/x-ndjson' });
    expect(good.map(({ phone }) => phone)).to.deep.equal([digits, digits, '79000000000']);
    expect([counts.normalized, errors.map(({ line }) => line)]).to.deep.equal([1, [3]]);
  });

  it('keep what could make another number of them, and are refused', async () => {
    const others = [
      '9001234567.0',
      '7900/0106',
      '7900+0106',
      '=79000000106',
      '79000000106x',
      '790\n00',
      '٧٩٠٠',
      '7\u0000',
    ];
    const { good, counts, errors } = await readFile(files(...others));
    expect(good).to.deep.equal([]);
    expect(errors.map(({ errors: found }) => Object.keys(found))).to.deep.equal(others.map(() => ['phone_number']));
    expect(counts.normalized).to.equal(0);
  });

  it('say what a spreadsheet has made of them', async () => {
    const { errors } = await readFile(files('7,9E+10', '7.9e10', '7.90000000101E+10'));
    for (const { errors: found } of errors) {
      expect(found.phone_number).to.deep.equal([
        'Is in scientific notation, which loses digits. Format the column as text and enter the number again.',
      ]);
    }
    expect(errors).to.have.length(3);
  });

  it('have a warning where they start with 8, of which the first thousand are told', async () => {
    const { counts, warnings, good } = await readFile(files(digits, '8 (900) 000-01-06', '89000000107'));
    expect([good.length, counts.warned]).to.deep.equal([3, 2]);
    expect(warnings[0]).to.deep.equal({
      row: 2,
      line: 3,
      warnings: {
        phone_number: [
          'Starts with 8. A Russian number must start with 7: 8 is the prefix of calls within the country.',
        ],
      },
      values: { phone_number: '8 (900) 000-01-06', timezone: 'UTC', mobile_operator_code: '1', tag: '1' },
    });
    const many = await readFile(files(...Array.from({ length: 1_500 }, () => '89000000107')));
    expect([many.counts.warned, many.warnings.length]).to.deep.equal([1_500, 1_000]);
  });
});
