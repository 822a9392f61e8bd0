import fc from 'fast-check';
import type { OddBody } from './odd-bodies.suite.js';

const oddCells = fc.constantFrom(
  ...[
    '',
    ' ',
    '"',
    '""',
    "'",
    '\\N',
    '\\.',
    '0',
    '-1',
    '1.5',
    '99999999999999999999',
    'x',
    'ж',
    '😀',
    '\u0000',
    '=1+1',
  ],
  ...['Mars/Base', 'a'.repeat(300), '1\t1', '__proto__', '"1"', '1\r'],
);
const cellsOf = (good: string) =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: oddCells });
const csvRows = fc
  .tuple(cellsOf('79001234567'), cellsOf('UTC'), cellsOf('1'), cellsOf('2'))
  .map((cells) => cells.join(','));
const jsonRows = fc
  .tuple(cellsOf('"79001234567"'), cellsOf('"Asia/Omsk"'), cellsOf('1'), cellsOf('2'))
  .map(
    ([phone, zone, code, tag]) =>
      `{"phone_number":${phone},"timezone":${zone},"mobile_operator_code":${code},"tag":${tag}}`,
  );

const headers = fc.oneof(
  { weight: 20, arbitrary: fc.constant('phone_number,timezone,mobile_operator_code,tag') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '"', 'tag,tag', 'Tag;timezone;PHONE_NUMBER;mobile_operator_code', 'id', '\u0000'),
  },
);
const newlines = fc.oneof(
  { weight: 10, arbitrary: fc.constant('\n') },
  { weight: 2, arbitrary: fc.constantFrom('\r\n', '\r', '\n\n') },
);
const types = (good: string) =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constant(good) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '',
        'application/json',
        'text/csv',
        'TEXT/CSV; charset=cp1251',
        'application/x-ndjson',
      ),
    },
  );
const manyOf = (rows: fc.Arbitrary<string>) => fc.array(rows, { maxLength: 20 });

const csv = fc
  .record({ type: types('text/csv'), header: headers, rows: manyOf(csvRows), newline: newlines })
  .map(({ type, header, rows, newline }) => ({ contentType: type, text: [header, ...rows].join(newline) }));
const ndjson = fc
  .record({ type: types('application/x-ndjson'), rows: manyOf(jsonRows), newline: newlines })
  .map(({ type, rows, newline }) => ({ contentType: type, text: rows.join(newline) }));

/** Files of clients, good for the most part, cut off anywhere now and then, or of any bytes. */
export const oddFiles: fc.Arbitrary<OddBody> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.oneof(csv, ndjson).map(({ contentType, text }) => ({ contentType, bytes: Buffer.from(text) })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(csv, fc.nat(200))
      .map(([{ contentType, text }, length]) => ({ contentType, bytes: Buffer.from(text).subarray(0, length) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 100 })
      .map((bytes) => ({ contentType: 'text/csv', bytes: Buffer.from(bytes) })),
  },
);
