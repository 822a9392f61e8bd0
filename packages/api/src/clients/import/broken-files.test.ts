import { expect } from 'chai';
import fc from 'fast-check';
import { readFile } from './reading.suite.js';

const names = ['phone_number', 'timezone', 'mobile_operator_code', 'tag'];
const phoneOf = (n: number) => `7913${String(n).padStart(7, '0')}`;

const note = fc.oneof(
  fc.constantFrom('', 'x', 'Romashka OOO', 'tube 24"', '24" tube'),
  fc.constantFrom(
    '"x"',
    '"Romashka" OOO',
    '"a, b"',
    '"a ""b"""',
    '""',
    '"two\nlines"',
    '"two\r\n\r\nlines, ""or"" more"',
  ),
);
const place = fc.constantFrom(0, 2, 4);
const newline = fc.constantFrom('\n', '\r\n', '\r');

/** A right file with a column that nobody needs, at any place. */
const rightFile = fc.record({ notes: fc.array(note, { minLength: 1, maxLength: 12 }), place, newline }).map((file) => {
  const toLine = (cells: string[], extra: string) => cells.toSpliced(file.place, 0, extra).join(',');
  const rows = file.notes.map((text, n) => toLine([phoneOf(n), 'UTC', '1', '1'], text));
  return [toLine(names, 'name'), ...rows].join(file.newline) + file.newline;
});

const insertions = ['"', '""', '","', ',', ';', '\n', '\r', '\r\n', '\n\n', '\0', '\ufeff', '\u2028', ' ', "'", 'ж'];
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.nat(2),
  inserted: fc.oneof(fc.constant(''), fc.constantFrom(...insertions)),
});

/** Damages behind the header, which would make the file unreadable. */
function breakFile(text: string, damages: { at: number; removed: number; inserted: string }[]): string {
  let [, head = '', body = ''] = /^([^\r\n]*(?:\r\n|\r|\n))(.*)$/s.exec(text)!;
  for (const { at, removed, inserted } of damages) {
    const index = Math.floor(at * body.length);
    body = body.slice(0, index) + inserted + body.slice(index + removed);
  }
  return head + body;
}

const encode: Record<string, (text: string) => Buffer> = {
  utf8: (text) => Buffer.from(text),
  'utf8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  utf16le: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  'utf16le without a mark': (text) => Buffer.from(text, 'utf16le'),
  utf16be: (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};

/** The lines of a text, as an editor counts them. */
const linesOf = (text: string): string[] => {
  const lines = text.split(/\r\n|\r|\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
};

const isGood = /^(?:[^,"]*,)?7913\d{7},(?:[^,"]*,)?UTC,1,1(?:,[^,"]*)?$/;

async function addUp(bytes: Buffer, type = 'text/csv') {
  const { lines, counts, good, errors } = await readFile(bytes, { type, pieceSize: 7 });
  expect(lines.lines, 'lines').to.equal(lines.header + lines.blank + lines.continued + counts.rows);
  expect(counts.rows, 'rows').to.equal(good.length + counts.refused);
  expect(errors, 'told').to.have.length(Math.min(counts.refused, 1_000));
  return { lines, good, refused: new Set(errors.map(({ line }) => line)) };
}

describe('files that are broken at random', () => {
  it('add up, and lose no line that is a row', async () => {
    await fc.assert(
      fc.asyncProperty(
        rightFile,
        fc.array(damage, { maxLength: 4 }),
        fc.constantFrom(...Object.keys(encode)),
        async (right, damages, encoding) => {
          const text = breakFile(right, damages);
          const { lines, good, refused } = await addUp(encode[encoding]!(text));
          const all = linesOf(text);
          expect(lines.lines).to.equal(all.length);
          const created = new Map(good.map(({ phone, line }) => [phone, line]));
          expect(created.size, 'phone numbers that were there once').to.equal(good.length);
          all.slice(1).forEach((line, index) => {
            if (!isGood.test(line)) return;
            const phone = /7913\d{7}/.exec(line)![0];
            const isTold = created.get(phone) === index + 2 || refused.has(index + 2);
            expect(isTold, `line ${index + 2} of ${JSON.stringify(text)}`).to.equal(true);
          });
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('give exactly the rows that their lines have, where nobody touched a quote', async () => {
    const quoteless = fc
      .record({ rows: fc.array(fc.constantFrom('', 'x', 'OOO'), { minLength: 1, maxLength: 12 }), newline })
      .map(({ rows, newline: end }) => {
        const lines = rows.map((text, n) => `${phoneOf(n)},UTC,1,1,${text}`);
        return [`${names.join(',')},name`, ...lines].join(end) + end;
      });
    await fc.assert(
      fc.asyncProperty(quoteless, fc.array(damage, { maxLength: 4 }), async (right, damages) => {
        const text = breakFile(
          right,
          damages.filter(({ inserted }) => !inserted.includes('"')),
        );
        const { good } = await addUp(Buffer.from(text));
        // Digits alone: what else may stand in a phone number has its own tests.
        const expected = linesOf(text).filter((line) => /^[1-9]\d{0,10},UTC,1,1(,[^,]*)?$/.test(line));
        const plain = good.filter(({ line }) => /^\d+,/.test(linesOf(text)[line - 1]!));
        expect(plain.map(({ phone }) => phone)).to.include.members(expected.map((line) => line.split(',')[0]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('add up where they are cut off, whatever the byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        rightFile,
        fc.constantFrom(...Object.keys(encode)),
        fc.nat(400),
        async (right, encoding, cut) => {
          const bytes = encode[encoding]!(right);
          const headerEnds = encode[encoding]!(right.split(/[\r\n]/)[0]!).length + 4;
          const { good } = await addUp(bytes.subarray(0, headerEnds + cut));
          // Only the last row may be another than it was.
          const rows = right.match(/7913\d{7}/g)!;
          expect(good.slice(0, -1).map(({ phone }) => phone)).to.deep.equal(
            rows.slice(0, Math.max(0, good.length - 1)),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('add up as NDJSON', async () => {
    const object = fc
      .nat(99)
      .map((n) => `{"phone_number":"${phoneOf(n)}","timezone":"UTC","mobile_operator_code":1,"tag":1}`);
    const file = fc
      .tuple(fc.array(fc.oneof(object, fc.constantFrom('', ' ', '[1]')), { maxLength: 12 }), newline)
      .map(([lines, end]) => lines.join(end));
    await fc.assert(
      fc.asyncProperty(file, fc.array(damage, { maxLength: 3 }), async (right, damages) => {
        const text = breakFile(`\n${right}`, damages);
        const { lines, good, refused } = await addUp(Buffer.from(text), 'application/x-ndjson');
        const all = linesOf(text);
        expect(lines).to.deep.equal({
          lines: all.length,
          header: 0,
          continued: 0,
          blank: all.filter((line) => line.trim() === '').length,
        });
        const told = new Set([...good.map(({ line }) => line), ...refused]);
        expect(told.size).to.equal(all.length - lines.blank);
      }),
      { numRuns: 1_000 },
    );
  });
});
