import fc from 'fast-check';
import { oddBodies } from './odd-bodies.suite.js';
import { oddFiles } from './odd-files.suite.js';
import { rows } from './odd-ground.suite.js';
import { oddStrings, type ValueSchema } from './odd-values.suite.js';
import type { RawRequest } from './raw-http.suite.js';

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, ValueSchema> };
}
interface Operation {
  parameters?: { name: string; in: string; schema: ValueSchema }[];
  requestBody?: { content: { 'application/json'?: { schema: ValueSchema } } };
}
type Texts = fc.Arbitrary<string>;

export const superuser = `Basic ${Buffer.from('admin:pw').toString('base64')}`;

const rarely = <T>(rare: fc.Arbitrary<T>, usual: fc.Arbitrary<T>, percent: number) =>
  fc.oneof({ weight: 100 - percent, arbitrary: usual }, { weight: percent, arbitrary: rare });

/**
 * Requests for every operation of the document, in equal shares. Each part of a request is good as a rule, and odd now
 * and then: much that is odd would be refused for its first oddity, before anyone looked at the second.
 */
export function oddRequests(document: object): fc.Arbitrary<RawRequest> {
  const { paths, components } = document as Document;
  const ofOperations = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => /^(get|post|put|patch|delete)$/.test(method))
      .map(([method, operation]) => requestsFor(components, path, method.toUpperCase(), operation)),
  );
  return fc.oneof(...ofOperations);
}

function requestsFor(
  components: Document['components'],
  template: string,
  method: string,
  { parameters = [], requestBody }: Operation,
): fc.Arbitrary<RawRequest> {
  const given = requestBody?.content['application/json']?.schema;
  const schema = (given?.$ref && components.schemas[given.$ref.split('/').at(-1)!]) || given || {};
  const isFile = requestBody && !given;
  const bodies = fc.option(isFile ? oddFiles : oddBodies(schema), { freq: 50 });
  const noBodies = fc.option(oddBodies(schema), { freq: 20 }).map((body) => (requestBody ? body : null));
  return fc
    .record({
      method: rarely(oddMethods, fc.constant(method), 4),
      path: rarely(oddPaths, pathsOf(template, parameters), 3),
      query: rarely(oddQueries(parameters), fc.constant(''), method === 'GET' ? 60 : 4),
      authorization: rarely(oddAuthorizations, fc.constant(superuser), 6),
      headers: rarely(oddHeaders, fc.constant({}), 8),
      body: requestBody ? bodies : noBodies,
    })
    .map(({ method, path, query, authorization, headers, body }) => ({
      method,
      path: `/api/v1${path}${query}`,
      headers: {
        ...(authorization !== '' && { authorization }),
        ...(body && body.contentType !== '' && { 'content-type': body.contentType }),
        ...headers,
      },
      ...(body && { body: body.bytes }),
    }));
}

const oddMethods = fc.constantFrom(
  ...['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND', 'MKCOL', 'FOO', 'get'],
);

/** Sent as it is: characters beyond ASCII would not be, so they stand for bytes. */
const oddPaths = fc.constantFrom(
  ...['', '/', '//', '/nothing/', '/../', '/%2e%2e/', '/tags/%', '/tags/%zz/', '/%ff/', '/users/%C0%80/', '/tags//1/'],
  ...[
    '/TAGS/',
    '/tags/1/2/',
    '/tags.json',
    '/tags.xml',
    '/tags/1.json',
    '/.json',
    '/tags;a=b/',
    '/tags/#x',
    '/\u00ff/',
  ],
  ...['/users/%E0%A4%A/', '/messages/1/', '/__proto__/', '/constructor/', '/users/__proto__/', '/users/toString/'],
  ...[`/tags/${'1'.repeat(4_000)}/`, `/users/${'%F0%9F%98%80'.repeat(150)}/`, `/${'a/'.repeat(2_000)}`, '/tags/%2F/'],
);

function pathsOf(template: string, parameters: NonNullable<Operation['parameters']>): Texts {
  const values = parameters
    .filter((parameter) => parameter.in === 'path')
    .map(({ name, schema }) => {
      const good = schema.type === 'string' ? fc.constantFrom(...rows.users) : fc.integer({ min: 1, max: 4 });
      const encoded = good.map((value) => encodeURIComponent(value));
      return rarely(oddSegments, encoded, 30).map((value): [string, string] => [name, value]);
    });
  const ends = rarely(fc.constantFrom('', '', '', '//', '.json', '/?', '/%20', '%2F'), fc.constant('/'), 10);
  return fc.tuple(fc.tuple(...values), ends).map(([filled, end]) => {
    const path = filled.reduce((text, [name, value]) => text.replace(`{${name}}`, () => value), template);
    return path.slice(0, -1) + end;
  });
}

const oddSegments = fc.oneof(
  fc.constantFrom(
    ...[
      '0',
      '-1',
      '-0',
      '+1',
      '01',
      '1.0',
      '1.5',
      '1e0',
      '0x1',
      'abc',
      'NaN',
      '%20',
      '1%20',
      '%31',
      '%D9%A1',
      '%00',
      '1%00',
    ],
    ...[
      '2147483648',
      '9007199254740993',
      '9223372036854775807',
      '9223372036854775808',
      '18446744073709551616',
      '99999999',
    ],
    ...[
      '%zz',
      '%',
      '%f',
      '%ff',
      '%c0%af',
      '%ed%a0%80',
      '%2e%2e',
      '..',
      '%2F',
      '%25',
      '*',
      '1,2',
      '1;2',
      '{id}',
      '\u00e9',
    ],
  ),
  oddStrings.filter((text) => text.isWellFormed() && text !== '').map(encodeURIComponent),
);

function oddQueries(parameters: NonNullable<Operation['parameters']>): Texts {
  const names = [
    'page',
    'limit',
    'format',
    ...parameters.filter((each) => each.in === 'query').map(({ name }) => name),
  ];
  const goodPairs = fc.constantFrom('page=1', 'page=last', 'limit=1', 'limit=2&page=2', 'limit=100000', 'format=json');
  const known = [...rows.tags, ...rows.codes, '1', '2', 'pending', 'sent', ''];
  const pairs = fc
    .tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...known).map(encodeURIComponent), oddSegments))
    .map((pair) => pair.join('='));
  const oddPairs = fc.constantFrom(
    ...[
      'page=1&page=2',
      'page=-1',
      'page=0',
      'page=',
      'page',
      'limit=0',
      'limit=-1',
      'limit=1e9',
      'page=1&page=last',
      '?',
    ],
    ...[
      '__proto__=1',
      'constructor=1',
      'toString=1',
      'page[]=1',
      'page[a]=b',
      '%zz',
      '%',
      '&&&',
      '=',
      '=x',
      'a=%ff&b',
      '#x',
    ],
    ...[
      `x=${'a'.repeat(5_000)}`,
      'a=1&'.repeat(1_000),
      `tag=${'%F0%9F%98%80'.repeat(400)}`,
      'x=\u00ff',
      'x="<>`',
      'a;b=c',
    ],
  );
  const pieces = fc.oneof(
    { weight: 3, arbitrary: goodPairs },
    { weight: 3, arbitrary: pairs },
    { weight: 2, arbitrary: oddPairs },
  );
  return fc.array(pieces, { minLength: 1, maxLength: 3 }).map((each) => `?${each.join('&')}`);
}

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

/** Few wrong passwords: each one costs the server a hash. */
const oddAuthorizations = fc.constantFrom(
  ...[
    '',
    '',
    'Basic',
    'Basic ',
    'Basic a b',
    'Basic !!!',
    'basic',
    'Bearer x',
    'Negotiate',
    'Basic Og==',
    ' ',
    '\u00ff',
  ],
  ...[
    basic('plain:pw'),
    basic('plain:pw'),
    basic('plain:pw'),
    basic('nobody:pw'),
    basic('a\0b:pw'),
    basic('\ud800:pw'),
  ],
  ...['Basic 4Zs=', `Basic ${'QUFB'.repeat(1_500)}`, superuser.toLowerCase(), superuser.replace(' ', '  ')],
);

const oddHeaders = fc.oneof(
  fc
    .constantFrom(
      ...[
        'text/html',
        'text/html',
        'application/xml',
        '*/*;q=0',
        'application/json;q=x',
        'garbage',
        '',
        ',,,',
        '*',
        '/',
      ],
      ...[
        'application/*',
        'text/*',
        'application/json; indent=4',
        'application/json; indent=99999999',
        'a/b, */*',
        '\u00ff',
      ],
      'text/html,'.repeat(800),
    )
    .map((accept): Record<string, string> => ({ accept })),
  fc.constantFrom<Record<string, string>>(
    { 'x-http-method-override': 'DELETE' },
    { 'content-encoding': 'gzip' },
    { 'x-forwarded-host': 'a b', 'x-forwarded-proto': '"' },
    { host: 'example.org:8000' },
    { cookie: 'sessionid=x; csrftoken=%00; __proto__=1; =; ;' },
    { cookie: 'a'.repeat(20_000) },
    { origin: 'null', referer: '\u00ff' },
    { 'if-none-match': '*', range: 'bytes=0-1' },
    { 'accept-encoding': 'br, gzip;q=0', 'accept-language': '\u00ff' },
    { connection: 'close' },
  ),
);
