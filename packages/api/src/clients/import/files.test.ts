import { expect } from 'chai';
import { header, readFile, whyUnreadable } from './reading.suite.js';

const rows = ['79130000001,UTC,1,1', '79130000002,UTC,1,1', '79130000003,UTC,1,1'];
const lines = [header, ...rows];
const phones = ['79130000001', '79130000002', '79130000003'];

const phonesIn = async (...args: Parameters<typeof readFile>) => {
  const { good, counts } = await readFile(...args);
  expect(counts.refused).to.equal(0);
  return good.map(({ phone }) => phone);
};
const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const cp1251 = (text: string) =>
  Buffer.from(
    [...text].map((character) => (character < 'А' ? character.charCodeAt(0) : character.charCodeAt(0) - 0x350)),
  );

describe('files as programs write them', () => {
  it('end their lines in any way, and in any mixture', async () => {
    for (const newline of ['\n', '\r\n', '\r']) {
      expect(await phonesIn(lines.join(newline))).to.deep.equal(phones);
      expect(await phonesIn(lines.join(newline) + newline)).to.deep.equal(phones);
    }
    const mixed = `${lines[0]}\r${lines[1]}\r\n\r\n${lines[2]}\n\r${lines[3]}`;
    for (let pieceSize = 1; pieceSize < 60; pieceSize++) {
      const { good, lines: counted } = await readFile(mixed, { pieceSize });
      expect(good.map(({ line }) => line)).to.deep.equal([2, 4, 6]);
      expect(counted).to.deep.equal({ lines: 6, header: 1, blank: 2, continued: 0 });
    }
    const json = phones.map((phone) =>
      JSON.stringify({ phone_number: phone, timezone: 'UTC', mobile_operator_code: 1, tag: 1 }),
    );
    const type = 'application/x-ndjson';
    expect(await phonesIn(`${json[0]}\r${json[1]}\r\n${json[2]}`, { type })).to.deep.equal(phones);
    expect(await phonesIn(utf16le(`\ufeff${json.join('\r\n')}`), { type })).to.deep.equal(phones);
  });

  it('do not end a line at other separators', async () => {
    const { good, lines: counted } = await readFile(`${header},name\n${rows[0]},a\u2028b\u0085c\vd\fe\n`);
    expect([good.length, counted.lines]).to.deep.equal([1, 2]);
  });

  it('are UTF-8 or UTF-16, with a byte order mark or without', async () => {
    const text = `name;${lines[0]!.replaceAll(',', ';')}\r\n${rows.map((row) => `Żółć;${row.replaceAll(',', ';')}`).join('\r\n')}`;
    for (const mark of ['\ufeff', '\ufeff\ufeff', '']) {
      const bytes = [Buffer.from(mark + text), utf16le(mark + text), utf16le(mark + text).swap16()];
      for (const each of bytes) {
        for (const pieceSize of [1, 3, 65_536]) expect(await phonesIn(each, { pieceSize })).to.deep.equal(phones);
      }
    }
  });

  it('are in the charset that the request names, if no byte order mark says otherwise', async () => {
    const text = lines.join('\n');
    expect(await phonesIn(utf16le(text).swap16(), { charset: 'utf-16be' })).to.deep.equal(phones);
    expect(await phonesIn(utf16le(text), { charset: 'UTF-16' })).to.deep.equal(phones);
    expect(await phonesIn(utf16le(text).swap16(), { charset: 'utf-16' })).to.deep.equal(phones);
    expect(await phonesIn(utf16le(`\ufeff${text}`), { charset: 'windows-1251' })).to.deep.equal(phones);
    expect(await phonesIn(Buffer.from(`\ufeff${text}`), { charset: 'koi8-r' })).to.deep.equal(phones);
    for (const charset of ['windows-1251', 'koi8-r', 'iso-8859-1', 'shift_jis', 'gbk', 'us-ascii', 'utf-8']) {
      expect(await phonesIn(text, { charset })).to.deep.equal(phones);
    }
  });

  it('may have another encoding in a column that nobody needs', async () => {
    const text = cp1251(`Имя,${header}\n${rows.map((row) => `Иван,${row}`).join('\n')}`);
    expect(await phonesIn(text)).to.deep.equal(phones);
    expect(await phonesIn(text, { charset: 'windows-1251' })).to.deep.equal(phones);
  });

  it('are told their encoding where a value or the header is not in it', async () => {
    const { good, errors } = await readFile(cp1251(`${header}\n${rows[0]}\n79130000002,Москва,1,1\n${rows[2]}`));
    const wayOut = 'Name the encoding in the Content-Type, as in "text/csv; charset=windows-1251".';
    expect(good).to.have.length(2);
    expect(errors.map(({ line, errors: found }) => [line, found])).to.deep.equal([
      [3, { timezone: [`Is not utf-8. ${wayOut}`] }],
    ]);
    expect(await whyUnreadable(cp1251('Телефон;Зона\n1;2\n'))).to.equal(
      'The file cannot be read: its header lacks phone_number, timezone, mobile_operator_code, tag. ' +
        `It was read as utf-8, with ";" as the delimiter. ${wayOut}`,
    );
    expect(await whyUnreadable(lines.join('\n'), { charset: 'utf-16le' })).to.contain('It was read as utf-16le');
    expect(await whyUnreadable('phone_number,timezone\n')).to.equal(
      'The file cannot be read: its header lacks mobile_operator_code, tag. ' +
        'It was read as utf-8, with "," as the delimiter.',
    );
    expect(await whyUnreadable('x'.repeat(300_000))).to.contain('more than 200000 characters. It was read as utf-8.');
  });

  it('are told what they are where they are not text', async () => {
    expect(await whyUnreadable(Buffer.from('PK\u0003\u0004…'))).to.contain('Save the sheet as CSV.');
    expect(await whyUnreadable(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]))).to.contain('Save the sheet as CSV.');
    expect(await whyUnreadable(Buffer.from([0x1f, 0x8b, 8]))).to.contain('gzip');
    expect(await whyUnreadable(Buffer.from([0xff, 0xfe, 0, 0, 0x70, 0, 0, 0]))).to.contain('UTF-32');
  });

  it('may name their delimiter in the first line', async () => {
    for (const [first, delimiter] of [
      ['sep=;', ';'],
      ['SEP=|', '|'],
      ['"sep=,"', ','],
      ['sep=\t', '\t'],
      ['sep=;;;;', ';'],
    ] as const) {
      const text = `\ufeff${first}\r\n${lines.join('\r\n').replaceAll(',', delimiter)}`;
      expect(await phonesIn(text)).to.deep.equal(phones);
      expect((await readFile(text)).lines).to.deep.equal({ lines: 5, header: 2, blank: 0, continued: 0 });
    }
  });

  it('may have empty cells beyond the header, and blank lines anywhere', async () => {
    const text = `\n,,,\n${lines[0]},,\n\n${rows[0]},,,,,\n,,,,,\n"" , \n${rows[1]}\n \n${rows[2]}`;
    expect(await phonesIn(text)).to.deep.equal(phones);
    expect((await readFile(text)).lines).to.deep.include({ lines: 10, blank: 6 });
    const { errors } = await readFile(`${header}\n${rows[0]},,x\n`);
    expect(errors[0]!.errors).to.deep.equal({ row: ['Has 6 values, where the header has 4.'] });
  });

  it('write their headings in quotes, in capitals, between blanks', async () => {
    const heading = '" Phone_Number "; TIMEZONE;"Full ""name"";\nin Latin";\u200bmobile_operator_code\u00a0;"tag"';
    const text = `\ufeff${heading}\n79130000001;UTC;"a;b";1;1\n`;
    expect(await phonesIn(text)).to.deep.equal(phones.slice(0, 1));
    expect((await readFile(text)).lines).to.deep.equal({ lines: 3, header: 2, blank: 0, continued: 0 });
  });

  it('find their delimiter by their headings, whatever else stands in these', async () => {
    const text = `"a,b,c,d,e,f";x,y,z,u;${header.replaceAll(',', ';')}\n;;79130000001;UTC;1;1\n`;
    expect(await phonesIn(text)).to.deep.equal(phones.slice(0, 1));
  });
});

describe('a refused row', () => {
  it('has its line, its values as they were given, and everything that is wrong with it', async () => {
    const long = 'я'.repeat(60);
    const text = `name,${header}\n\n"a\nb",7x, ${long},x,\n,79130000002,UTC,1,1,too,many\n`;
    const { errors } = await readFile(text);
    expect(errors.map(({ codeId: _, tagId: __, ...told }) => told)).to.deep.equal([
      {
        row: 1,
        line: 3,
        errors: {
          phone_number: errors[0]!.errors.phone_number,
          timezone: errors[0]!.errors.timezone,
          mobile_operator_code: ['Must be a whole number.'],
          tag: ['Is missing.'],
        },
        values: { phone_number: '7x', timezone: ` ${'я'.repeat(49)}`, mobile_operator_code: 'x' },
      },
      {
        row: 2,
        line: 5,
        errors: { row: ['Has 7 values, where the header has 5.'] },
        values: { phone_number: '79130000002', timezone: 'UTC', mobile_operator_code: '1', tag: '1' },
      },
    ]);
  });

  it('has values that can be kept, whatever was given', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const text = `{"phone_number":"\\u0000\\ud800","timezone":{"a":[1]},"tag":${deep}}\n{"phone\n[1]\n7`;
    const { errors } = await readFile(text, { type: 'application/x-ndjson' });
    expect(errors.map(({ line, values }) => [line, values])).to.deep.equal([
      [1, { phone_number: '\ufffd\ufffd', timezone: '{"a":[1]}', tag: errors[0]!.values.tag }],
      [2, { row: '{"phone' }],
      [3, { row: '[1]' }],
      [4, { row: '7' }],
    ]);
    expect(errors[0]!.values.tag!.length).to.be.at.most(50);
  });
});
