import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

/*
 * A browser sends its cookie along with whatever any page makes it ask for. What such a request may do is decided by
 * where it comes from; a page cannot choose what its browser says of that.
 */
describe('requests with the cookie of a session', () => {
  let api: TestApi;
  let cookie: string;
  before(async () => {
    api = await startApi();
    const credentials = { username: 'admin', password: 'pw' };
    const { headers } = await api.rest('POST', '/auth/login/', credentials, { authorization: '' });
    cookie = headers.get('set-cookie')!.split(';')[0]!;
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM tags'));

  const elsewhere = [
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://127.0.0.1:1' }],
    ['another scheme', (own: string) => ({ origin: own.replace('http:', 'https:') })],
    ['an origin that starts like ours', (own: string) => ({ origin: `${own}.evil.example` })],
    ['a page without an origin', { origin: 'null' }],
    ['a page that hides its origin', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour on the same site', { 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', {}],
    [
      'another origin that claims a host of its own',
      (own: string) => ({
        origin: 'https://evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        referer: own,
      }),
    ],
  ] as const;
  const detail = 'CSRF Failed: the request does not come from a page of this server.';

  const sendTag = (headers: Record<string, string>) =>
    api.rest('POST', '/tags/', { name: 'vip' }, { authorization: '', cookie, ...headers });
  const sendTagOverTrpc = (headers: Record<string, string>, contentType = 'application/json') =>
    fetch(`${api.origin}/trpc/tags.create`, {
      method: 'POST',
      headers: { 'content-type': contentType, cookie, ...headers },
      body: JSON.stringify({ json: { name: 'vip' } }),
    });
  const countTags = async () => (await api.rest('GET', '/tags/')).body.count;

  const idOf = async (codename: string) => {
    const [row] = await api.query<{ id: number }>(`SELECT id FROM permissions WHERE codename = '${codename}'`);
    return row!.id;
  };

  for (const [where, given] of elsewhere) {
    it(`change nothing when they come from ${where}`, async () => {
      const headers: Record<string, string> = typeof given === 'function' ? given(api.origin) : { ...given };
      const answer = await sendTag(headers);
      expect(answer).to.deep.include({ status: 403, body: { detail } });
      expect((await sendTagOverTrpc(headers)).status).to.equal(403);
      expect((await sendTagOverTrpc(headers, 'text/plain')).status).to.be.oneOf([403, 415]);
      expect(await countTags()).to.equal(0);
    });
  }

  it('change what they ask for when they come from a page of ours', async () => {
    expect((await sendTag({ origin: api.origin })).status).to.equal(201);
    await api.query('DELETE FROM tags');
    expect((await sendTag({ 'sec-fetch-site': 'same-origin' })).status).to.equal(201);
    await api.query('DELETE FROM tags');
    expect((await sendTagOverTrpc({ origin: api.origin })).status).to.equal(200);
  });

  it('do not change anything by GET', async () => {
    const input = encodeURIComponent(JSON.stringify({ json: { name: 'vip' } }));
    const response = await fetch(`${api.origin}/trpc/tags.create?input=${input}`, { headers: { cookie } });
    expect(response.status).to.equal(405);
    expect(await countTags()).to.equal(0);
  });

  it('read from wherever they come: no page of another origin sees the answer', async () => {
    const headers = { authorization: '', cookie, origin: 'https://evil.example' };
    const answer = await api.rest('GET', '/tags/', undefined, headers);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('access-control-allow-origin')).to.equal(null);
  });

  it('are judged by the Authorization header alone when they have one', async () => {
    expect((await sendTag({ authorization: api.basic('admin', 'pw') })).status).to.equal(201);
    expect((await sendTag({ origin: api.origin, authorization: api.basic('admin', 'wrong') })).status).to.equal(401);
  });

  it('are ours when the browser says so, whatever a proxy made of scheme and host', async () => {
    const headers = { origin: 'https://showroom.example', 'sec-fetch-site': 'same-origin' };
    expect((await sendTag(headers)).status).to.equal(201);
    expect((await sendTag({ origin: api.origin, 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
  });

  it('change nothing from elsewhere with a password that the browser remembered, but with a token', async () => {
    const { body: token } = await api.rest('POST', '/tokens/', { name: 'shop', permissions: [await idOf('add_tag')] });
    const fromElsewhere: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of fromElsewhere) {
      const authorization = api.basic('admin', 'pw');
      expect(await sendTag({ ...headers, authorization })).to.deep.include({ status: 403, body: { detail } });
      expect((await sendTagOverTrpc({ ...headers, authorization })).status).to.equal(403);
      expect((await sendTag({ ...headers, authorization: `Bearer ${token.token}` })).status).to.equal(201);
      await api.query('DELETE FROM tags');
    }
  });

  it('are recorded when they are refused', async () => {
    await sendTag({ origin: 'https://evil.example' });
    const { body } = await api.rest('GET', '/audit/?action=refuse&user=admin&resource=tags');
    expect(body.results[0]).to.include({ operation: 'tags_create', reason: 'auth.other_origin' });
  });

  it('sign nobody in from another origin, nor out', async () => {
    const headers = { authorization: '', cookie, origin: 'https://evil.example' };
    for (const [path, body] of [
      ['/auth/login/', { username: 'admin', password: 'pw' }],
      ['/auth/logout/', undefined],
    ] as const) {
      const answer = await api.rest('POST', path, body, headers);
      expect(answer).to.deep.include({ status: 403, body: { detail } });
      expect(answer.headers.get('set-cookie')).to.equal(null);
    }
    expect((await api.rest('GET', '/auth/me/', undefined, { authorization: '', cookie })).status).to.equal(200);
  });
});
