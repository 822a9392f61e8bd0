import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const lists = ['clients', 'codes', 'groups', 'mailing', 'messages', 'tags', 'users'];

describe('lists over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const at = (path: string) => `${api.origin}/api/v1${path}`;
  const ids = (body: { results: { id: number }[] }) => body.results.map(({ id }) => id);

  for (const list of lists.filter((each) => each !== 'users')) {
    it(`of ${list}, empty, are a page without neighbours`, async () => {
      const response = await fetch(at(`/${list}/`), { headers: { authorization: api.basic('admin', 'pw') } });
      expect(response.status).to.equal(200);
      expect(response.headers.get('content-type')).to.equal('application/json');
      expect(await response.text()).to.equal('{"count":0,"next":null,"previous":null,"results":[]}');
      expect((await api.rest('GET', `/${list}/?page=1`)).status).to.equal(200);
      expect(await api.rest('GET', `/${list}/?page=2`)).to.deep.include({
        status: 404,
        body: { detail: 'Invalid page.' },
      });
    });
  }

  describe('with rows', () => {
    let tags: number[];
    before(async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) await api.rest('POST', '/tags/', { name });
      tags = ids((await api.rest('GET', '/tags/')).body);
    });

    it('come in the order of their ids', async () => {
      expect(tags).to.deep.equal(tags.toSorted((a, b) => a - b));
      await api.rest('PATCH', `/tags/${tags[0]}/`, { name: 'z' });
      expect(ids((await api.rest('GET', '/tags/')).body)).to.deep.equal(tags);
    });

    for (const [query, shown, next, previous] of [
      ['limit=1', [0], 'limit=1&page=2', null],
      ['page=2&limit=1', [1], 'limit=1&page=3', 'limit=1'],
      ['limit=2&page=3', [4], null, 'limit=2&page=2'],
      ['limit=2&page=last', [4], null, 'limit=2&page=2'],
      ['page=last', [0, 1, 2, 3, 4], null, null],
      ['limit=100000', [0, 1, 2, 3, 4], null, null],
      [
        'limit=1&page=2&foo=bar&foo=baz&x=й',
        [1],
        'foo=bar&foo=baz&limit=1&page=3&x=%D0%B9',
        'foo=bar&foo=baz&limit=1&x=%D0%B9',
      ],
      ['limit=1&a=b+c&d=e%26f&g=', [0], 'a=b+c&d=e%26f&g=&limit=1&page=2', null],
      ['limit=1&limit=2', [0, 1], 'limit=1&limit=2&page=2', null],
      ['nothing=1', [0, 1, 2, 3, 4], null, null],
    ] as const) {
      it(`answer ?${query}`, async () => {
        const { status, body } = await api.rest('GET', `/tags/?${query}`);
        expect(status).to.equal(200);
        expect(body).to.deep.include({
          count: 5,
          next: next === null ? null : at(`/tags/?${next}`),
          previous: previous === null ? null : at(`/tags/?${previous}`),
        });
        expect(ids(body)).to.deep.equal(shown.map((n) => tags[n]));
      });
    }

    for (const page of ['999999', '0', '-1', 'abc', '1.5', '', 'LAST', '99999999999999999999999']) {
      it(`have no page "${page}"`, async () => {
        const expected = { status: 404, body: { detail: 'Invalid page.' } };
        expect(await api.rest('GET', `/tags/?page=${page}`)).to.deep.include(expected);
      });
    }

    for (const limit of ['0', '-1', 'abc', '1.5', '']) {
      it(`take no heed of the limit "${limit}"`, async () => {
        const { status, body } = await api.rest('GET', `/tags/?limit=${limit}`);
        expect(status).to.equal(200);
        expect(ids(body)).to.deep.equal(tags);
      });
    }

    it('answer HEAD with the headers of GET', async () => {
      const [get, head] = [await api.rest('GET', '/tags/'), await api.rest('HEAD', '/tags/')];
      expect(head.status).to.equal(200);
      expect(head.body).to.equal('');
      for (const name of ['content-type', 'content-length', 'allow', 'vary']) {
        expect(head.headers.get(name), name).to.equal(get.headers.get(name));
      }
      expect((await api.rest('HEAD', '/tags/99999999/')).status).to.equal(404);
    });

    it('link to the host and scheme of the request', async () => {
      const { body } = await api.rest('GET', '/tags/?limit=1', undefined, {});
      expect(body.next).to.match(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1\/tags\//);
    });
  });
});
