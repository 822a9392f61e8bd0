import type { RawRequest } from './rest/raw-http.suite.js';

const mebibyte = 1024 * 1024;

const fill = (unit: string, bytes = mebibyte - 2_000) => unit.repeat(Math.floor(bytes / unit.length));
const unique = (count: number, each: (n: number) => string, between = ',') =>
  Array.from({ length: count }, (_, n) => each(n)).join(between);

const jsonBodies: Record<string, string> = {
  'deep arrays': fill('['),
  'deep objects': fill('{"a":'),
  'deep objects that end': `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  'empty objects': `[${fill('{},')}{}]`,
  'many keys': `{${unique(80_000, (n) => `"k${n}":1`)}}`,
  'one key again and again': `{${fill('"username":1,')}"password":1}`,
  'many floats': `[${fill('1.5,')}1]`,
  'many floats as fields': `{${unique(60_000, (n) => `"k${n}":1.5`)}}`,
  digits: fill('9'),
  'digits as a field': `{"username":${fill('9')},"password":"b"}`,
  'a fraction': `{"username":0.${fill('9')},"password":"b"}`,
  escapes: `{"username":"${fill('\\u0041')}","password":"b"}`,
  'escapes, cut off': `{"username":"${fill('\\u0041')}`,
  'blanks in a name': `{"username":"a${fill(' ')}a","password":"b"}`,
  'blanks in a password': `{"username":"a","password":"a${fill(' ')}a"}`,
  blanks: `${fill(' ')}x`,
  lines: `${fill('\n')}x`,
  'halves of pairs': `{"username":"${fill('\\ud800')}","password":"b"}`,
  emoji: `{"username":"${fill('😀', mebibyte / 2)}","password":"b"}`,
  'special keys': `{${fill('"__proto__":{"constructor":{"prototype":1}},')}"a":1}`,
};

const formBodies: Record<string, string> = {
  'many names': unique(40_000, (n) => `n${n}=1`, '&'),
  'one name again and again': fill('a=1&'),
  'nothing but separators': fill('&'),
  'percent signs': `username=${fill('%41')}&password=b`,
  'broken percent signs': `username=${fill('%')}`,
  blanks: `username=a${fill('+')}a&password=b`,
  'a long name': fill('a'),
};

const part = (name: string, value: string) =>
  `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const multipartBodies: Record<string, string> = {
  'many parts': `${unique(16_500, (n) => part(`n${n}`, ''), '')}--x--`,
  'parts that fit': `${unique(1_000, (n) => part(`n${n}`, 'v'.repeat(900)), '')}--x--`,
  'almost boundaries': `${part('a', fill('\r\n--'))}--x--`,
  'line ends': `${part('a', fill('\r\n'))}--x--`,
  dashes: fill('-'),
  'a long header': `--x\r\nContent-Disposition: form-data; name="${fill('a')}"\r\n\r\nv\r\n--x--`,
  'many headers': `--x\r\n${fill('A: b\r\n')}\r\nv\r\n--x--`,
  'many parameters': `--x\r\nContent-Disposition: form-data; ${fill('a;', 60_000)}name="a"\r\n\r\nv\r\n--x--`,
  'many files': `${unique(900, (n) => part(`n${n}"; filename="f`, 'v'.repeat(900)), '')}--x--`,
  'no end': part('a', fill('a')),
};

/** Inputs over tRPC with each of superjson's annotations, made to be costly where a reader trusts them. */
export const annotated: Record<string, object> = {
  'a typed array of a length': {
    json: { username: [100_000_000], password: 'b' },
    meta: { values: { 'username.0': [['typed-array', 'Uint8Array']], 'username.00': ['set'] } },
  },
  'a larger one': {
    json: { username: [200_000_000], password: 'b' },
    meta: { values: { 'username.0': [['typed-array', 'Float64Array']] } },
  },
  ...Object.fromEntries(
    [
      ['undefined', [fill('a', 500_000)]],
      ['bigint', fill('9', 500_000)],
      ['Date', fill('(', 500_000)],
      ['Error', { message: fill('a', 500_000) }],
      ['regexp', `/${fill('(a+)+', 500_000)}/`],
      ['set', Array.from({ length: 50_000 }, (_, n) => n)],
      ['map', Array.from({ length: 30_000 }, (_, n) => [n, n])],
      ['URL', `http://${fill('a.', 500_000)}`],
      ['number', fill('9', 500_000)],
      [['symbol', 'a'], 'a'],
      [['class', 'Object'], { a: 1 }],
      [['custom', 'a'], fill('a', 500_000)],
      [['typed-array', 'Uint8Array'], 500_000_000],
      [
        ['typed-array', 'Float64Array'],
        [1, 2],
      ],
    ].map(([type, value]) => [
      `a ${type}`,
      { json: { username: value, password: 'b' }, meta: { values: { username: [type] }, v: 1 } },
    ]),
  ),
  'a great many': {
    json: { username: 'a', password: 'b' },
    meta: { values: Object.fromEntries(Array.from({ length: 54_000 }, (_, n) => [`k${n}`, ['Date']])) },
  },
  'a far index': { json: { username: [], password: 'b' }, meta: { values: { 'username.4294967294': ['undefined'] } } },
  'a deep path': { json: { username: 'a', password: 'b' }, meta: { values: { [fill('a.', 500_000)]: ['Date'] } } },
  'many equalities': {
    json: { username: 'a', password: 'b' },
    meta: { referentialEqualities: { username: Array.from({ length: 90_000 }, (_, n) => `k${n}`) } },
  },
};

const places = [
  '/api/v1/auth/login/',
  '/api/v1/tags/',
  '/api/v1/nothing/',
  '/trpc/auth.login',
  '/trpc/tags.create',
  '/trpc/auth.changeMe',
  '/live/mailing.watch',
  '/jobs/',
  '/nothing',
];

interface Hostile {
  readonly name: string;
  readonly request: RawRequest;
}

const post = (name: string, path: string, contentType: string, body: string): Hostile => ({
  name: `POST ${path.slice(0, 60)}: ${name}`,
  request: { method: 'POST', path, headers: { 'content-type': contentType }, body: Buffer.from(body) },
});

const get = (name: string, path: string, headers: Record<string, string> = {}): Hostile => ({
  name: `GET ${path.slice(0, 60)}: ${name}`,
  request: { method: 'GET', path, headers },
});

const json = 'application/json';
const bodies = places.flatMap((path) => [
  ...Object.entries(jsonBodies).map(([name, body]) => post(name, path, json, body)),
  ...Object.entries(formBodies).map(([name, body]) => post(name, path, 'application/x-www-form-urlencoded', body)),
  ...Object.entries(multipartBodies).map(([name, body]) => post(name, path, 'multipart/form-data; boundary=x', body)),
  ...Object.entries(annotated).map(([name, body]) => post(name, path, json, JSON.stringify(body))),
]);

const hundred = Array.from({ length: 100 }, () => 'tags.create');
const withSignIn = ['auth.login', ...hundred.slice(1)];
const batches = Object.entries(annotated).flatMap(([name, body]) => [
  post(`${name} in a batch`, `/trpc/${hundred}?batch=1`, json, `{"0":${JSON.stringify(body)}}`),
  post(`${name} in a batch with a sign-in`, `/trpc/${withSignIn}?batch=1`, json, `{"0":${JSON.stringify(body)}}`),
]);

const longestHead = 14_000;
const inQueries = Object.entries(annotated).flatMap(([name, body]) => {
  const input = encodeURIComponent(JSON.stringify(body));
  const paths = ['/trpc/tags.list', '/trpc/auth.login', '/live/mailing.watch'];
  return input.length > longestHead ? [] : paths.map((path) => get(name, `${path}?input=${input}`));
});

const readable = ['/api/v1/tags/', '/api/v1/auth/me/', '/trpc/tags.list', '/live/mailing.watch', '/jobs/', '/nothing'];
const heads = readable.flatMap((path) => [
  get('one parameter again and again', `${path}?${fill('a=1&', longestHead)}`),
  get('many parameters', `${path}?${unique(2_000, (n) => `k${n}`, '&')}`),
  get('a long path', `${path}${fill('a', longestHead)}`),
  get('slashes', `${path}${fill('/', longestHead)}`),
  get('percent signs', `${path}${fill('%41', longestHead)}`),
  get('commas', `${path}${fill(',', 1_900)}?batch=1`),
  get('a Basic header of padding', path, { authorization: `Basic a${fill('=', longestHead)}a` }),
  get('a header of blanks', path, { authorization: `Basic${fill(' ', longestHead)}a` }),
  get('cookies', path, { cookie: fill('a=b; ', longestHead) }),
  get('media types', path, { accept: fill('a/b;q=1,', longestHead) }),
  get('blanks among media types', path, { accept: `a/b;q${fill(' ', longestHead)}x` }),
]);

const login = '/api/v1/auth/login/';
const types = [
  post('a long boundary', login, `multipart/form-data; boundary=${fill('a', longestHead)}`, fill('a')),
  post('a boundary of one letter', login, `multipart/form-data; boundary=${fill('a', 150)}`, fill('a')),
  post('another charset', login, 'application/json; charset=gb18030', fill('"')),
  post('semicolons', login, `application/json${fill('; ', longestHead)}`, '{}'),
];

/** What a stranger could send to keep the server busy: large, odd, or both, to every face. */
export const hostileRequests: Hostile[] = [...bodies, ...batches, ...inQueries, ...heads, ...types];
