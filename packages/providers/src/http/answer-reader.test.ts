import { expect } from 'chai';
import fc from 'fast-check';
import { type After, type HttpAnswer, HttpError } from './answer.js';
import { AnswerReader } from './answer-reader.js';

const largestBytes = 10_000;

/** Reads the chunks, each from the same place as the one before, as a connection does. */
function readAll(chunks: Buffer[], isEnd = false) {
  const heard: (HttpAnswer & After)[] = [];
  const place = Buffer.alloc(100_000);
  const reader = new AnswerReader(
    ({ status, retryAfter, body }, { isLast, keptForMs }) =>
      heard.push({ status, retryAfter, body, isLast, keptForMs }),
    largestBytes,
  );
  for (const chunk of chunks) {
    chunk.copy(place);
    reader.read(place.subarray(0, chunk.length));
    place.fill('x');
  }
  if (isEnd) reader.end();
  return heard;
}
const read = (text: string) => readAll([Buffer.from(text)]);

/** Cuts bytes at the given places, as a network may. */
function cut(bytes: Buffer, places: number[]): Buffer[] {
  const at = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
  const edges = [0, ...at, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

const layouts = {
  plain: (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  lower: (body: string) => `content-length:${Buffer.byteLength(body)}\r\nX-Empty:\r\n\r\n${body}`,
  chunked: (body: string) => {
    const size = Buffer.byteLength(body);
    const chunk = size > 0 ? `${size.toString(16)}\r\n${body}\r\n` : '';
    return `Transfer-Encoding: chunked\r\n\r\n${chunk}0\r\n\r\n`;
  },
  chunkedWithTrailer: (body: string) => layouts.chunked(body).replace(/0\r\n\r\n$/, '0\r\nX-Check: 1\r\n\r\n'),
};
const answers = fc.record({
  status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
  body: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => text.toWellFormed()),
  layout: fc.constantFrom<keyof typeof layouts>('plain', 'plain', 'lower', 'chunked', 'chunkedWithTrailer'),
  isInterimFirst: fc.boolean(),
  retryAfter: fc.option(fc.constantFrom('7', 'Wed, 21 Oct 2099 07:28:00 GMT'), { nil: undefined }),
});

describe('answer reader', () => {
  it('reads whatever answers, however they are laid out and cut', () => {
    fc.assert(
      fc.property(fc.array(answers, { maxLength: 8 }), fc.array(fc.nat(5_000), { maxLength: 20 }), (sent, places) => {
        const text = sent.map(({ status, body, layout, isInterimFirst, retryAfter }) => {
          const interim = isInterimFirst ? 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' : '';
          const wait = retryAfter ? `Retry-After: ${retryAfter}\r\n` : '';
          return `${interim}HTTP/1.1 ${status} Whatever\r\nDate: today\r\n${wait}${layouts[layout](body)}`;
        });
        const bytes = Buffer.from(text.join(''));
        const heard = bytes.length > 0 ? readAll(cut(bytes, places)) : [];
        expect(heard.map(({ status, retryAfter, body }) => ({ status, retryAfter, body }))).to.deep.equal(
          sent.map(({ status, retryAfter, body }) => ({ status, retryAfter, body })),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has no body where the status says so', () => {
    const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
    expect(read(`HTTP/1.1 204 No Content\r\n\r\n${plain}`).map(({ body }) => body)).to.deep.equal(['', 'ok']);
  });

  it('reads a body without a length to the end of the connection', () => {
    const [answer] = readAll([Buffer.from('HTTP/1.1 200 OK\r\n\r\n{"co'), Buffer.from('de":0}')], true);
    expect(answer).to.include({ status: 200, body: '{"code":0}', isLast: true });
  });

  for (const [head, isLast] of [
    ['HTTP/1.1 200 OK\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n', false],
    ['HTTP/1.1 200 OK\r\nConnection: close\r\n', true],
    ['HTTP/1.1 200 OK\r\nconnection: Close, X-Hop\r\n', true],
    ['HTTP/1.0 200 OK\r\n', true],
    ['HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n', false],
  ] as const) {
    it(`${isLast ? 'expects nothing after' : 'goes on after'} ${JSON.stringify(head)}`, () => {
      const [answer] = read(`${head}Content-Length: 2\r\n\r\nok`);
      expect(answer).to.include({ body: 'ok', isLast });
    });
  }

  it('hears for how long the connection is kept', () => {
    const answer = (value: string) => read(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`)[0];
    expect(answer('timeout=5, max=100')?.keptForMs).to.equal(5_000);
    expect(answer('max=100')?.keptForMs).to.equal(undefined);
  });

  for (const [what, text] of [
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['two lengths that differ', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    ['a long length', 'HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n'],
    ['a long body in chunks', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2712\r\n${'x'.repeat(10_002)}\r\n`],
    ['a head without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}`],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ] as const) {
    it(`refuses ${what}`, () => {
      expect(() => read(text)).to.throw(HttpError);
    });
  }
});
