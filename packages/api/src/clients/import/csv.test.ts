import { expect } from 'chai';
import { header, readFile, whyUnreadable } from './reading.suite.js';

const named = `${header},name`;
const row = (last: number, name = '') => `791300000${String(last).padStart(2, '0')},UTC,1,1,${name}`;
const file = (...rows: string[]) => `${[named, ...rows].join('\n')}\n`;

const read = async (text: string) => {
  const { lines, counts, good, errors } = await readFile(text);
  expect(lines.lines).to.equal(lines.header + lines.blank + lines.continued + counts.rows);
  expect(counts.rows).to.equal(good.length + counts.refused);
  return {
    ...lines,
    created: good.map(({ phone }) => Number(phone.slice(-2))),
    refused: errors.map(({ line, errors: found }) => `${line}: ${Object.values(found).flat().join(' ')}`),
  };
};

describe('CSV with quotes', () => {
  it('reads text after a closing quote as Excel does, and loses nothing after it', async () => {
    const { created, refused } = await read(file(row(21), row(22, '"Romashka" OOO'), row(23), row(24)));
    expect(created).to.deep.equal([21, 22, 23, 24]);
    expect(refused).to.deep.equal([]);
  });

  it('refuses a row whose quote never closes, and each line that it swallowed', async () => {
    const rows = Array.from({ length: 40 }, (_, n) => row(n, n === 10 ? '"Romashka' : 'x'));
    const { created, refused } = await read(file(...rows));
    expect(created).to.deep.equal(rows.slice(0, 10).map((_, n) => n));
    expect(refused).to.have.length(30);
    expect(refused.slice(0, 2)).to.deep.equal([
      '12: A quote opens here and never closes.',
      '13: Is inside the quote that opens in line 12.',
    ]);
  });

  it('tells what each refused line says, also inside of the quote', async () => {
    const { errors } = await readFile(file(row(1, '"open'), row(2)));
    expect(errors.map(({ row: number, line, values }) => [number, line, values.phone_number])).to.deep.equal([
      [1, 2, '79130000001'],
      [2, 3, '79130000002'],
    ]);
  });

  it('goes on after a quote that closes within the value of another row', async () => {
    const { created, refused } = await read(file(row(1), row(2, '"open'), row(3), row(4, '"OOO Foo"'), row(5)));
    expect(created).to.deep.equal([1, 5]);
    expect(refused).to.deep.equal([
      '3: A quote opens here and closes within a value of line 5.',
      '4: Is inside the quote that opens in line 3.',
      '5: Is inside the quote that opens in line 3.',
    ]);
  });

  it('does not take a row for a part of a value, wherever the quoted column stands', async () => {
    const last = await read(file(row(1, '"Romashka'), row(2, 'tube 24"'), row(3)));
    expect(last.created).to.deep.equal([3]);
    expect(last.refused).to.have.length(2);
    const first = await read(
      `name,${header}\n"Romashka,79130000001,UTC,1,1\ntube 24",79130000002,UTC,1,1\nx,79130000003,UTC,1,1\n`,
    );
    expect(first.created).to.deep.equal([3]);
    expect(first.refused).to.have.length(2);
    const middle = await read(
      'phone_number,name,timezone,mobile_operator_code,tag\n79130000001,"Romashka,UTC,1,1\n79130000002,24",UTC,1,1\n',
    );
    expect(middle.created).to.deep.equal([]);
    expect(middle.refused).to.have.length(2);
  });

  it('takes a quoted value of several lines', async () => {
    const { created, continued, blank } = await read(file(row(1, '"Smith\n\n""Jr"",\r\nLondon"'), row(2)));
    expect({ created, continued, blank }).to.deep.equal({ created: [1, 2], continued: 3, blank: 0 });
    const before = await read(`name,${header}\n"Smith\nJr",79130000001,UTC,1,1\n`);
    expect(before).to.deep.include({ created: [1], continued: 1 });
  });

  it('counts lines that a quote swallowed, when it is longer than a row may be, and goes on where it closes', async () => {
    const many = Array.from({ length: 20_000 }, () => row(3));
    const { created, lines, refused } = await read(file(row(1), row(2, '"open'), ...many, 'x"', row(4)));
    expect({ created, lines }).to.deep.equal({ created: [1, 4], lines: 20_005 });
    expect(refused).to.have.length(1_000);
  });

  it('refuses a line that is longer than a row may be, and goes on', async () => {
    const { created, refused } = await read(file(row(1), `${row(2)}${'x'.repeat(300_000)}`, row(3)));
    expect(created).to.deep.equal([1, 3]);
    expect(refused).to.deep.equal(['3: Has more than 200000 characters.']);
  });

  it('refuses a header whose quote is open', async () => {
    const why = 'The file cannot be read: a quote in its header ';
    expect(await whyUnreadable(`${header},"name\n${row(1)}\n`)).to.equal(`${why}never closes.`);
    expect(await whyUnreadable(`${header},"name\n${row(1, '"x"')}\n${row(2)}\n`)).to.equal(`${why}never closes.`);
    expect(await whyUnreadable(`${header},"name\n${row(1, 'x"')}\n${row(2)}\n`)).to.equal(
      `${why}closes only after a row.`,
    );
  });

  it('reads the same in pieces of any size', async () => {
    const text = file(row(1, '"a ""b""\r\nc"'), row(2, '"d" e'), row(3, 'ж😀'), '', row(4, '"open'), row(5));
    const whole = await readFile(text);
    for (let pieceSize = 1; pieceSize < 8; pieceSize++) {
      expect(await readFile(text, { pieceSize }), `${pieceSize}`).to.deep.equal(whole);
    }
  });
});
