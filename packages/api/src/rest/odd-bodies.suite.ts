import fc from 'fast-check';
import { deepJson, goodValues, type JsonTexts, oddStrings, oddValues, type ValueSchema } from './odd-values.suite.js';

export interface OddBody {
  /** Empty for none. */
  contentType: string;
  bytes: Buffer;
}
type Bodies = fc.Arbitrary<OddBody>;

const largestBodyBytes = 1024 * 1024;

/** Bodies for this schema: good ones for the most part, else nothing would ever be written. */
export const oddBodies = (schema: ValueSchema): Bodies => {
  const good = objectsOf(schema, { odd: 0 });
  const anyJson = fc.oneof({ weight: 6, arbitrary: objectsOf(schema, { odd: 1 }) }, { weight: 1, arbitrary: good });
  return fc.oneof(
    { weight: 50, arbitrary: good.map(asJson()) },
    { weight: 25, arbitrary: objectsOf(schema, { odd: 1 }).map(asJson()) },
    { weight: 5, arbitrary: objectsOf(schema, { odd: 100 }).map(asJson()) },
    { weight: 4, arbitrary: withOddKeys(good).map(asJson()) },
    { weight: 4, arbitrary: fc.oneof(oddValues(schema), notJson).map(asJson()) },
    { weight: 3, arbitrary: fc.tuple(good, fc.nat()).map(cutOff).map(asJson()) },
    { weight: 4, arbitrary: withOddBytes(anyJson) },
    { weight: 4, arbitrary: fc.tuple(anyJson, oddTypes).map(([text, type]) => asJson(type)(text)) },
    { weight: 5, arbitrary: forms(schema) },
    { weight: 4, arbitrary: multiparts(schema) },
    { weight: 1, arbitrary: largeBodies },
  );
};

const asJson =
  (contentType = 'application/json') =>
  (text: string): OddBody => ({ contentType, bytes: Buffer.from(text) });

/** JSON objects with the schema's properties: required ones, as a rule, and up to `odd` of them with an odd value. */
function objectsOf({ properties = {}, required = [] }: ValueSchema, { odd }: { odd: number }): JsonTexts {
  const names = Object.keys(properties).filter((name) => !properties[name]!.readOnly);
  const members = names.map((name) => {
    const good = goodValues(name, properties[name]!).map((value) => JSON.stringify(value));
    const present = required.includes(name) ? 0.97 : 0.25;
    return fc.record({
      good,
      odd: odd > 0 ? oddValues(properties[name]!) : good,
      isThere: fc.double({ min: 0, max: 1, noNaN: true }).map((chance) => chance < present),
    });
  });
  const isOdd = fc.constantFrom(...names.keys(), 0).map((first) => (n: number) => n >= first && n < first + odd);
  return fc.tuple(isOdd, fc.tuple(...members)).map(([isOdd, values]) => {
    const written = values.flatMap(({ good, odd, isThere }, n) => {
      if (!isThere && !isOdd(n)) return [];
      return [`${JSON.stringify(names[n])}:${isOdd(n) ? odd : good}`];
    });
    return `{${written.join(',')}}`;
  });
}

/** Further members at the end: keys that JavaScript finds special, keys twice, ids. */
const withOddKeys = (objects: JsonTexts): JsonTexts => {
  const oddKeys = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'id', 'user');
  const keys = fc.oneof(oddKeys, oddStrings, fc.constantFrom('name', 'code', 'tags', 'text', 'username', 'page'));
  const values = fc.oneof(oddValues({}), fc.constant('{"prototype":{"name":"x"},"name":"x"}'));
  return fc.tuple(objects, fc.array(fc.tuple(keys, values), { minLength: 1, maxLength: 4 })).map(([object, added]) => {
    const members = added.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',');
    return object === '{}' ? `{${members}}` : `${object.slice(0, -1)},${members}}`;
  });
};

const notJson = fc.oneof(
  deepJson,
  fc.constantFrom(
    ...[
      '',
      ' ',
      '{',
      '[',
      '"',
      '}',
      '{}{}',
      '{"name":}',
      '{"name"}',
      "{'name':'x'}",
      '{name:1}',
      '{"name":1,}',
      '[1,]',
    ],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      '{"name":NaN}',
      'undefined',
      '01',
      '.5',
      '5.',
      '+1',
      '"\\x41"',
      '"\\u12"',
      '"\t"',
    ],
    ...[
      '\ufeff{"name":"bom"}',
      '{"name":"x"} // comment',
      '[',
      '['.repeat(100_000),
      '{"a":'.repeat(100_000),
      'null',
      '5',
    ],
  ),
);

const cutOff = ([text, at]: [string, number]) => text.slice(0, at % (text.length + 1));

/** Bytes that are no UTF-8, somewhere in it. */
const withOddBytes = (texts: JsonTexts): Bodies => {
  const bytes = fc.constantFrom('ff', 'c080', 'eda080', 'f4908080', 'e282', '80', 'fffe', '00', 'f0808080', 'c3');
  return fc.tuple(texts, bytes, fc.nat()).map(([text, hex, place]) => {
    const whole = Buffer.from(text);
    const at = place % (whole.length + 1);
    const spoilt = Buffer.concat([whole.subarray(0, at), Buffer.from(hex, 'hex'), whole.subarray(at)]);
    return { contentType: 'application/json', bytes: spoilt };
  });
};

const oddTypes = fc.constantFrom(
  ...['', 'text/plain', 'application/xml', 'application/octet-stream', 'application/json;', 'Application/JSON', 'json'],
  ...['application/json; charset=utf-8', 'application/json; charset=utf-16', 'application/json; charset=latin1'],
  ...['application/json; charset=', 'application/json; charset="utf-8"', 'application/json; charset=nothing', ' ', '/'],
  ...['application/vnd.api+json', 'application/json, text/plain', 'multipart/form-data', 'a/b; c=\u00ff', '*/*', ';;;'],
  ...[
    'multipart/form-data; boundary=',
    'multipart/mixed; boundary=x',
    'text/html',
    'application/x-www-form-urlencoded',
  ],
);

/** What a form says of a good object: strings, and a list by repeating its name. */
const fieldsOf = (text: string): [string, string][] =>
  Object.entries(JSON.parse(text) as object).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, String(each ?? '')]),
  );

const forms = (schema: ValueSchema): Bodies => {
  const good = objectsOf(schema, { odd: 0 }).map((text) => String(new URLSearchParams(fieldsOf(text))));
  const broken = fc.constantFrom(
    ...['', '&', '=', '%', '%zz=1', 'name=%ff', 'name=%00', 'name=%ED%A0%80', 'name', '=x', 'name[]=x', 'name[a][b]=x'],
    ...[
      '__proto__=x',
      'constructor=x',
      'name=a;name=b',
      `name=${'%F0%9F%98%80'.repeat(51)}`,
      'name=+&name=+',
      '\u00ff=1',
    ],
    ...['x=1&'.repeat(5_000), Array.from({ length: 5_000 }, (_, n) => `x${n}=1`).join('&'), 'name=x&'.repeat(5_000)],
  );
  const both = fc.tuple(good, broken).map((parts) => parts.join('&'));
  const texts = fc.oneof(
    { weight: 6, arbitrary: good },
    { weight: 2, arbitrary: broken },
    { weight: 2, arbitrary: both },
  );
  return texts.map((text) => asJson('application/x-www-form-urlencoded')(text));
};

const partOf = ([name, value]: [string, string]) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

const multiparts = (schema: ValueSchema): Bodies => {
  const good = objectsOf(schema, { odd: 0 }).map((text) => fieldsOf(text).map(partOf).join(''));
  const oddParts = fc.constantFrom(
    ...[
      '--x\r\n\r\n\r\n',
      '--x\r\nContent-Disposition: form-data\r\n\r\nv\r\n',
      '--x--\r\n--x\r\n',
      '--y\r\n',
      'text',
      '',
    ],
    '--x\r\nContent-Disposition: form-data; name="name"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nfile\r\n',
    `--x\r\n${'A: b\r\n'.repeat(2_000)}\r\nv\r\n`,
    partOf(['__proto__', 'v']),
    partOf(['name', '\u0000']),
    partOf(['x', 'v']).repeat(3_000),
  );
  const ends = fc.constantFrom('--x--\r\n', '--x--\r\n', '--x--', '', '--x', '--x\r\n');
  const texts = fc.tuple(fc.oneof({ weight: 2, arbitrary: good }, { weight: 1, arbitrary: oddParts }), good, ends);
  return texts.map(([first, _second, end]) => asJson('multipart/form-data; boundary=x')(first + end));
};

/** Around what the server takes: as one string, and as a great many values. */
const largeBodies: Bodies = fc
  .tuple(fc.constantFrom(-20, 0, 1, 100_000), fc.constantFrom('a', '😀', '1,', '[],'))
  .map(([more, unit]) => {
    const [start, end] = unit.endsWith(',') ? ['{"name":[', '1]}'] : ['{"name":"', '"}'];
    const room = largestBodyBytes + more - start.length - end.length;
    return asJson()(start + unit.repeat(Math.floor(room / Buffer.byteLength(unit))) + end);
  });
