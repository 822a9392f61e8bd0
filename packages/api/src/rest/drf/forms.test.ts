import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const urlEncoded = 'application/x-www-form-urlencoded';
const multipart = (boundary: string) => `multipart/form-data; boundary=${boundary}`;
const part = (name: string, value: string, more = '') =>
  `Content-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
const form = (boundary: string, ...parts: string[]) =>
  [...parts.map((each) => `--${boundary}\r\n${each}`), `--${boundary}--\r\n`].join('');
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `n${n}`);

describe('forms over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM tags'));

  const post = (contentType: string, body: string, path = '/tags/') =>
    api.rest('POST', path, body, { 'content-type': contentType });

  it('may have a thousand fields, and no more', async () => {
    const fields = (count: number) =>
      `name=vip&${numbered(count - 1)
        .map((name) => `${name}=1`)
        .join('&')}`;
    const parts = (count: number) =>
      form('x', part('name', 'vip'), ...numbered(count - 1).map((name) => part(name, '1')));
    for (const [contentType, body] of [
      [urlEncoded, fields],
      [multipart('x'), parts],
    ] as const) {
      expect((await post(contentType, body(1_000))).status, contentType).to.equal(201);
      await api.query('DELETE FROM tags');
      for (const path of ['/tags/', '/auth/login/']) {
        const refused = await post(contentType, body(1_001), path);
        expect(refused.status, contentType).to.equal(400);
        expect(refused.body).to.deep.equal({ detail: 'A form may have at most 1,000 fields.' });
        expect(refused.headers.get('x-error-code')).to.equal('request.too_many_fields');
      }
    }
    const files = form('x', ...numbered(1_001).map((name) => part(name, 'v', '; filename="f"')));
    expect((await post(multipart('x'), files)).status).to.equal(400);
    expect((await post(urlEncoded, 'name=vip&'.repeat(1_001))).headers.get('x-error-code')).to.contain('too_many');
  });

  it('of strangers may be 64 KiB, as JSON may', async () => {
    const long = 'x'.repeat(65_536);
    for (const [contentType, body] of [
      [urlEncoded, `username=${long}&password=b`],
      [multipart('x'), form('x', part('username', 'a', `; x="${long}"`))],
    ] as const) {
      const { status, body: refused } = await post(contentType, body, '/auth/login/');
      expect(status, contentType).to.equal(400);
      expect(refused).to.deep.equal({ detail: 'The body is larger than 65536 bytes.' });
    }
    expect((await post(urlEncoded, `name=vip&x=${long}`)).status).to.equal(201);
  });

  it('may have values with the characters of their boundary', async () => {
    for (const [boundary, value] of [
      ['b', 'abc'],
      ['b', 'b'],
      ['b', 'a--b--'],
      ['b', 'a\r\n-b'],
      ['b', 'a\r\n--a'],
      ['-', '--'],
      ['----WebKitFormBoundary', 'a ----WebKitFormBoundary b'],
    ] as const) {
      const { status, body } = await post(multipart(boundary), form(boundary, part('name', value)));
      expect(status, value).to.equal(201);
      expect(body.name).to.equal(value);
      await api.query('DELETE FROM tags');
    }
    const quoted = await post('multipart/form-data; charset=utf-8; boundary="a b"', form('a b', part('name', 'abc')));
    expect(quoted.body.name).to.equal('abc');
  });

  it('say a list by repeating a name, of names that may be anything', async () => {
    const { body } = await post(urlEncoded, 'name=first&__proto__=a&constructor=b&name=+l%C3%A4st+');
    expect(body.name).to.equal('läst');
    const parts = form('x', part('__proto__', 'a'), part('toString', 'b'), part('name', 'one'), part('name', 'two'));
    expect((await post(multipart('x'), parts)).body.name).to.equal('two');
  });

  it('have files as values of no field', async () => {
    for (const name of ['f.txt', '']) {
      const file = form('x', part('name', 'text', `; filename="${name}"`));
      expect(await post(multipart('x'), file)).to.deep.include({
        status: 400,
        body: { name: ['Not a valid string.'] },
      });
    }
    const text = form('x', part('name', 'text', '\r\nContent-Type: application/octet-stream'));
    expect((await post(multipart('x'), text)).status).to.equal(201);
  });

  it('are a 400 when they are not what their type says, also within a file', async () => {
    const whole = form('x', part('name', 'vip'));
    for (const [contentType, body] of [
      [multipart('x'), 'text'],
      [multipart('x'), '--x'],
      [multipart('x'), whole.slice(0, -6)],
      [multipart('x'), whole.slice(0, 20)],
      [multipart('x'), form('x', part('name', 'v', '; filename="f"')).slice(0, -6)],
      [multipart('y'), whole],
      [multipart(''), whole],
      [multipart('x'.repeat(201)), whole],
      ['multipart/form-data', whole],
    ] as const) {
      const { status, body: answer } = await post(contentType, body);
      expect(status, body).to.equal(400);
      expect(answer.detail, body).to.match(/^Multipart form parse error - /);
    }
    expect((await post(multipart('x'), whole)).status, 'the server lives').to.equal(201);
  });
});

describe('fields that are ignored over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM tags'));

  const ignored = async (method: string, path: string, body: unknown, headers = {}) =>
    (await api.rest(method, path, body, headers)).headers.get('x-ignored-fields');

  it('are named, on every write, also one that is refused', async () => {
    const created = await api.rest('POST', '/tags/', { name: 'vip', colour: 'red', size: 1 });
    expect(created.status).to.equal(201);
    expect(created.headers.get('x-ignored-fields')).to.equal('colour,size');
    const row = `/tags/${created.body.id}/`;
    expect(await ignored('PUT', row, { name: 'vip', colour: 1 })).to.equal('colour');
    expect(await ignored('PATCH', row, { colour: 1 })).to.equal('colour');
    expect(await ignored('POST', '/tags/', { nmae: 'vip' })).to.equal('nmae');
    expect(await ignored('POST', '/tags/', 'name=x&colour=1', { 'content-type': urlEncoded })).to.equal('colour');
    const parts = form('x', part('name', 'y'), part('colour', '1'));
    expect(await ignored('POST', '/tags/', parts, { 'content-type': multipart('x') })).to.equal('colour');
    expect(await ignored('POST', '/mailing/preview/', { tag: 'vip' })).to.equal('tag');
  });

  it('are not those that a row has, nor parameters of a query', async () => {
    const created = await api.rest('POST', '/tags/', { id: 7, name: 'vip' });
    expect(created.headers.get('x-ignored-fields')).to.equal(null);
    expect(await ignored('PUT', `/tags/${created.body.id}/`, created.body)).to.equal(null);
    const { body: me } = await api.rest('GET', '/users/admin/');
    expect(await ignored('PATCH', '/users/admin/', me)).to.equal(null);
    expect(await ignored('GET', '/tags/?colour=red', undefined)).to.equal(null);
  });

  it('are told in a header that holds any name, and is never long', async () => {
    const odd = { name: 'a', 'a,b': 1, 'a\r\nb': 1, имя: 1, '\ud800': 1, 'a b': 1, ['k'.repeat(900)]: 1 };
    expect(await ignored('POST', '/tags/', odd)).to.equal(
      `a%2Cb,a%0D%0Ab,%D0%B8%D0%BC%D1%8F,%EF%BF%BD,a%20b,${'k'.repeat(50)}`,
    );
    const many = Object.fromEntries(numbered(1_000).map((name) => [name, 1]));
    expect(await ignored('POST', '/tags/', { name: 'b', ...many })).to.equal(`${numbered(20).join(',')},+980`);
    expect(await ignored('POST', '/tags/', '{"name":"c","__proto__":1,"constructor":2}')).to.equal(
      '__proto__,constructor',
    );
    const longest = Object.fromEntries(numbered(30).map((name) => [`${'😀'.repeat(60)}${name}`, 1]));
    expect(await ignored('POST', '/tags/', { name: 'd', ...longest })).to.match(/^(%F0%9F%98%80){50},\+29$/);
  });
});
