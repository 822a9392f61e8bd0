import fc from 'fast-check';
import { rows } from './odd-ground.suite.js';

/** As much of a schema as making values for it takes. */
export interface ValueSchema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  maxLength?: number;
  readOnly?: boolean;
  items?: ValueSchema;
  anyOf?: ValueSchema[];
  properties?: Record<string, ValueSchema>;
  required?: string[];
  $ref?: string;
}

type Values = fc.Arbitrary<unknown>;
/** JSON as it is written: what no JavaScript value could say (`1e400`, a key twice, half a pair) is a text too. */
export type JsonTexts = fc.Arbitrary<string>;

const newNames = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const newWords = fc.stringMatching(/^[a-zé_.@+-]{1,12}$/);
const someIds = fc.integer({ min: 1, max: 4 });
const someOf = (...values: string[]) => fc.constantFrom(...values);

/** What the document cannot say: which names are there, and what a service takes for a time zone. */
const byName: Record<string, Values> = {
  tags: fc.array(someOf(...rows.tags), { maxLength: 3 }),
  codes: fc.array(someOf(...rows.codes), { maxLength: 3 }),
  tag: someIds,
  username: fc.oneof(someOf(...rows.users), newWords),
  timezone: someOf('Europe/Moscow', 'UTC', '+03:00', 'Asia/Kathmandu'),
  phone_number: fc.stringMatching(/^[0-9]{1,11}$/),
  email: someOf('', 'ivan@example.org', 'i.v+x@sub.example.org'),
  start_notification_date: someOf('2098-01-01T10:00:00Z', '2098-01-01 10:00', '2020-02-29T00:00:00.5+03'),
  end_notification_date: someOf('2099-01-01T10:00:00Z', '2099-1-1T1:00', '9999-12-31T23:59:59.999999Z'),
};

/** Values that a property of this name and schema may well have. */
export function goodValues(name: string, schema: ValueSchema): Values {
  const known = byName[name];
  if (known) return known;
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => goodValues('', each)));
  const type = [schema.type].flat()[0];
  if (type === 'integer') return someIds;
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'array') return fc.array(goodValues('', schema.items ?? {}), { maxLength: 3 });
  return schema.format === 'date-time' ? someOf('2020-01-01T00:00:00Z', '2021-12-31 23:59') : newNames;
}

/** Values that it may not have, or only just. */
export const oddValues = ({ maxLength = 50, format }: ValueSchema): JsonTexts =>
  fc.oneof(
    { weight: 3, arbitrary: wrongTypes },
    { weight: 3, arbitrary: oddNumbers },
    { weight: 3, arbitrary: oddStrings.map((text) => JSON.stringify(text)) },
    { weight: 2, arbitrary: escapes },
    { weight: 4, arbitrary: aroundLimit(maxLength) },
    { weight: format === 'date-time' ? 8 : 1, arbitrary: oddDates.map((text) => JSON.stringify(text)) },
    { weight: 1, arbitrary: deepJson },
    { weight: 1, arbitrary: fc.json() },
  );

const wrongTypes = someOf(
  'null',
  'true',
  'false',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '[{}]',
  '{"id":1}',
  '""',
  '" "',
  '"5"',
);

const oddNumbers = someOf(
  ...['0', '-0', '-1', '1.5', '1.0', '5e-324', '1e400', '-1e400', '1e5', '0.1', '99', '-2147483649'],
  ...['2147483647', '2147483648', '4294967296', '9007199254740991', '9007199254740993', '9223372036854775807'],
  ...['9223372036854775808', '-9223372036854775809', '18446744073709551616', `1${'0'.repeat(5_000)}`],
);

export const oddStrings = fc.oneof(
  someOf(
    ...['', ' ', '\t\n', '\u00a0', '\u3000', '\ufeff', '\u200b', '\u001c', '\u0000', 'a\u0000b', '\u007f', '\u2028'],
    ...[
      '😀',
      '👨‍👩‍👧‍👦',
      '🇷🇺',
      'e\u0301',
      `e${'\u0301'.repeat(60)}`,
      '\u202eabc',
      'שלום',
      'ﷺ',
      'İ',
      'ß',
      '²',
      '\ufffd',
    ],
    ...['null', 'NaN', '0', '-1', '1e3', '٣', '0x10', 'true', '__proto__', 'constructor', 'toString', 'admin '],
    ...[
      "'; DROP TABLE tags; --",
      '%',
      '_',
      '\\',
      '{{x}}',
      '<script>alert(1)</script>',
      '../..',
      'a@b',
      '+99:99',
      'UTC ',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(' ', 'a', '😀', '\u0301', '\u0000'), maxLength: 60 }),
);

/** What JSON.stringify would write otherwise. */
const escapes = someOf(
  ...['"\\ud800"', '"a\\udc00b"', '"\\ud83d\\ude00"', '"\\ude00\\ud83d"', '"\\u0000"', '"\\u0041"', '"\\/"'],
  ...['["\\ud800"]', '["\\u0000"]', '{"\\ud800":1}', '{"\\u0000":1}'],
);

/** Both as PostgreSQL counts and as JavaScript does. */
const aroundLimit = (limit: number): JsonTexts =>
  fc
    .tuple(
      fc.constantFrom('a', '1', 'я', '😀', 'e\u0301', '\u0301'),
      fc.constantFrom(limit - 1, limit, limit + 1, limit / 2, limit / 2 + 1),
    )
    .map(([unit, times]) => JSON.stringify(unit.repeat(Math.floor(times))));

const oddDates = someOf(
  ...['0001-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '0000-01-01T00:00:00Z', '-0001-01-01T00:00:00Z'],
  ...['9999-12-31T23:59:59Z', '9999-12-31T23:59:59-14:00', '10000-01-01T00:00:00Z', '+010000-01-01T00:00:00Z'],
  ...['2099-02-30T10:00:00Z', '2099-01-01T24:00:00Z', '2099-13-01T10:00:00Z', '2099-01-01T10:00:60Z', '2099-01-01'],
  ...['2099-01-01T10:00:00z', '2099-01-01T10:00:00,5Z', '2099-01-01T10:00:00.123456789Z', '20990101T100000Z'],
  ...['2099-01-01T10:00:00+99:99', '2099-01-01T10:00:00+23:59', '2099-01-01T10:00:00 +03:00', 'tomorrow', '1e10'],
  ...['٢٠٩٩-01-01T10:00:00Z', '2099-01-01T10:00:00Z\u0000', '2099-01-01T10:00:00[UTC]', 'infinity', 'now', ''],
);

export const deepJson: JsonTexts = fc
  .tuple(someOf('[]', '{}', '[{}]'), fc.constantFrom(3, 100, 2_000, 10_000, 100_000))
  .map(([shape, depth]) => {
    if (shape === '[]') return '['.repeat(depth) + ']'.repeat(depth);
    if (shape === '{}') return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    return `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;
  });
