import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const invalid = { status: 401, body: { detail: 'Invalid token.' } };
const forbidden = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };

describe('tokens', () => {
  let api: TestApi;
  let ids: Record<string, number>;
  before(async () => {
    api = await startApi();
    ids = Object.fromEntries(
      (await api.trpc.permissions.list.query({ limit: 1_000 })).results.map(({ id, codename }) => [codename, id]),
    );
    for (const username of ['ivan', 'anna']) {
      const user_permissions = [ids.view_tag!, ids.add_tag!];
      await api.rest('POST', '/users/', { username, password: 'secret', user_permissions });
    }
  });
  after(() => api.stop());
  afterEach(() => api.query('DELETE FROM tokens; DELETE FROM tags'));

  const as = (username: string, password = 'secret') => ({ authorization: api.basic(username, password) });
  const by = (token: string) => ({ authorization: `Bearer ${token}` });
  const create = (body: object, headers = as('ivan')) => api.rest('POST', '/tokens/', body, headers);
  const createTo = async (...codenames: string[]) =>
    (await create({ name: 'script', permissions: codenames.map((codename) => ids[codename]) })).body;
  const readTags = (token: string) => api.rest('GET', '/tags/', undefined, by(token));

  it('show their secret once, in the answer to their creation', async () => {
    const { status, body, headers } = await create({ name: 'script', permissions: [ids.view_tag] });
    expect(status).to.equal(201);
    expect(headers.get('cache-control')).to.equal('no-store');
    const { token, ...shown } = body;
    expect(token).to.match(/^showroom_[\w-]{43}$/);
    expect(shown).to.deep.equal({
      id: body.id,
      name: 'script',
      user: 'ivan',
      permissions: [ids.view_tag],
      created_at: body.created_at,
      expires_at: null,
      last_used_at: null,
    });
    expect((await api.rest('GET', `/tokens/${body.id}/`, undefined, as('ivan'))).body).to.deep.equal(shown);
    expect((await api.rest('GET', '/tokens/', undefined, as('ivan'))).body.results).to.deep.equal([shown]);
    const [{ kept, told } = { kept: '', told: '' }] = await api.query<{ kept: string; told: string }>(
      'SELECT (SELECT tokens::text FROM tokens) AS kept, (SELECT string_agg(audit::text, chr(10)) FROM audit) AS told',
    );
    expect(`${kept}${told}`).not.to.contain(token.slice('showroom_'.length));
  });

  it('may what they were given and no more, over REST and tRPC', async () => {
    const { token } = await createTo('view_tag');
    expect((await readTags(token)).status).to.equal(200);
    expect(await api.rest('POST', '/tags/', { name: 'vip' }, by(token))).to.deep.include(forbidden);
    expect(await api.rest('GET', '/clients/', undefined, by(token))).to.deep.include(forbidden);
    const call = (name: string, body?: string) =>
      fetch(`${api.origin}/trpc/${name}`, {
        method: body ? 'POST' : 'GET',
        headers: { ...by(token), 'content-type': 'application/json' },
        body,
      });
    expect((await call('tags.list?input={"json":{}}')).status).to.equal(200);
    expect((await call('tags.create', '{"json":{"name":"vip"}}')).status).to.equal(403);
    expect((await api.rest('GET', '/auth/me/', undefined, by(token))).body).to.deep.include({
      username: 'ivan',
      permissions: ['view_tag'],
    });
  });

  it('of a superuser may what they were given, too', async () => {
    const { body } = await create(
      { name: 'all users', permissions: [ids.view_user, ids.change_user] },
      as('admin', 'pw'),
    );
    expect((await api.rest('GET', '/users/', undefined, by(body.token))).status).to.equal(200);
    expect((await readTags(body.token)).status).to.equal(403);
    const rise = await api.rest('PATCH', '/users/ivan/', { is_superuser: true }, by(body.token));
    expect(rise.status).to.equal(403);
    const takeOver = await api.rest('PATCH', '/users/admin/', { password: 'mine' }, by(body.token));
    expect(takeOver.status).to.equal(403);
  });

  it('cannot be given what their owner may not', async () => {
    const answer = await create({ name: 'too much', permissions: [ids.view_tag, ids.view_user, ids.add_user] });
    expect(answer).to.deep.include({
      status: 403,
      body: { detail: 'You do not have these permissions yourself: add_user, view_user.' },
    });
    expect((await api.rest('GET', '/tokens/')).body.count).to.equal(0);
  });

  it('may no longer what their owner may no longer', async () => {
    const { token } = await createTo('view_tag', 'add_tag');
    expect((await readTags(token)).status).to.equal(200);
    await api.rest('PATCH', '/users/ivan/', { user_permissions: [ids.add_tag] });
    expect(await readTags(token)).to.deep.include(forbidden);
    expect((await api.rest('POST', '/tags/', { name: 'vip' }, by(token))).status).to.equal(201);
    await api.rest('PATCH', '/users/ivan/', { is_active: false });
    expect(await readTags(token)).to.deep.include(invalid);
    await api.rest('PATCH', '/users/ivan/', { is_active: true, user_permissions: [ids.view_tag, ids.add_tag] });
    expect((await readTags(token)).status).to.equal(200);
  });

  it('are out at once when they are revoked', async () => {
    const { id, token } = await createTo('view_tag');
    expect((await readTags(token)).status).to.equal(200);
    expect((await api.rest('DELETE', `/tokens/${id}/`, undefined, as('ivan'))).status).to.equal(204);
    expect(await readTags(token)).to.deep.include(invalid);
    expect((await api.rest('GET', `/tokens/${id}/`, undefined, as('ivan'))).status).to.equal(404);
  });

  it('are out when they expire', async () => {
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await create({ name: 'for an hour', permissions: [ids.view_tag], expires_at });
    expect(Date.parse(body.expires_at)).to.equal(Date.parse(expires_at));
    expect((await readTags(body.token)).status).to.equal(200);
    await api.query('UPDATE tokens SET expires_at = now()');
    await api.forgetCallers();
    expect(await readTags(body.token)).to.deep.include(invalid);
  });

  it('tell when they were last used, to the minute', async () => {
    const { id, token } = await createTo('view_tag');
    await readTags(token);
    const { body } = await api.rest('GET', `/tokens/${id}/`, undefined, as('ivan'));
    expect(Date.now() - Date.parse(body.last_used_at)).to.be.within(-5_000, 60_000);
  });

  it('are nothing that others see, without the permission', async () => {
    const { id, token } = await createTo('view_tag');
    const notThere = { status: 404, body: { detail: 'Not found.' } };
    expect(await api.rest('GET', `/tokens/${id}/`, undefined, as('anna'))).to.deep.include(notThere);
    expect(await api.rest('DELETE', `/tokens/${id}/`, undefined, as('anna'))).to.deep.include(notThere);
    expect((await api.rest('GET', '/tokens/', undefined, as('anna'))).body.count).to.equal(0);
    expect((await readTags(token)).status).to.equal(200);

    const user_permissions = [ids.view_token, ids.delete_token];
    await api.rest('PATCH', '/users/anna/', { user_permissions });
    expect((await api.rest('GET', '/tokens/', undefined, as('anna'))).body.results[0].user).to.equal('ivan');
    expect((await api.rest('DELETE', `/tokens/${id}/`, undefined, as('anna'))).status).to.equal(204);
    expect(await readTags(token)).to.deep.include(invalid);
  });

  it('make no tokens, and change no account: that needs the password', async () => {
    const { body } = await create({ name: 'all', permissions: Object.values(ids) }, as('admin', 'pw'));
    for (const [method, path, input] of [
      ['POST', '/tokens/', { name: 'child', permissions: [] }],
      ['GET', '/tokens/', undefined],
      ['DELETE', `/tokens/${body.id}/`, undefined],
      ['PATCH', '/auth/me/', { password: 'mine' }],
    ] as const) {
      expect(await api.rest(method, path, input, by(body.token)), `${method} ${path}`).to.deep.include(forbidden);
    }
    const own = await api.rest('PATCH', '/users/admin/', { password: 'mine' }, by(body.token));
    expect(own.status).to.equal(403);
  });

  it('are no tokens when they are anything else', async () => {
    const { token } = await createTo('view_tag');
    for (const wrong of [`${token}x`, token.toUpperCase(), token.slice(9), `${token} ${token}`, '', "' OR 1=1 --"]) {
      expect(await readTags(wrong), wrong).to.deep.include(invalid);
    }
    for (const path of [
      `/tags/?token=${token}`,
      `/tags/?access_token=${token}`,
      `/tags/?authorization=Bearer+${token}`,
    ]) {
      expect((await api.rest('GET', path, undefined, { authorization: '' })).status, path).to.equal(401);
    }
  });

  for (const [what, change, refused] of [
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '' }, 'name'],
    ['a name that is too long', { name: 'x'.repeat(151) }, 'name'],
    ['no permissions', { permissions: undefined }, 'permissions'],
    ['permissions that are none', { permissions: [99_999] }, 'permissions'],
    ['an end that is past', { expires_at: '2020-01-01T00:00:00Z' }, 'expires_at'],
    ['an end that is no date', { expires_at: 'soon' }, 'expires_at'],
  ] as const) {
    it(`refuse ${what}`, async () => {
      const { status, body } = await create({ name: 'script', permissions: [], ...change });
      expect(status).to.equal(400);
      expect(body).to.have.all.keys(refused);
    });
  }

  it('ignore what nobody may choose', async () => {
    const { body } = await create({ name: 'a', permissions: [], user: 'admin', id: 5, token: 'x', last_used_at: null });
    expect(body.user).to.equal('ivan');
    expect(body.token).not.to.equal('x');
  });

  it('go with their owner', async () => {
    await api.rest('POST', '/users/', { username: 'guest', password: 'secret' });
    const { body } = await create({ name: 'a', permissions: [] }, as('guest'));
    await api.rest('DELETE', '/users/guest/');
    expect(await api.rest('GET', '/auth/me/', undefined, by(body.token))).to.deep.include(invalid);
  });
});

describe('tokens that call too often', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ tokenCallsPerMinute: 5 });
  });
  after(() => api.stop());

  it('are told when to call again, over REST and tRPC, each token for itself', async () => {
    const create = async () => (await api.trpc.tokens.create.mutate({ name: 'script', permissions: [] })).token;
    const [busy, quiet] = [await create(), await create()];
    const readMe = (token: string) => api.rest('GET', '/auth/me/', undefined, { authorization: `Bearer ${token}` });
    const batch = (size: number, token: string) => {
      const names = Array(size).fill('auth.me').join(',');
      const input = encodeURIComponent(JSON.stringify(Object.fromEntries(Array(size).fill({ json: {} }).entries())));
      const headers = { authorization: `Bearer ${token}` };
      return fetch(`${api.origin}/trpc/${names}?batch=1&input=${input}`, { headers });
    };
    expect((await batch(3, busy)).status).to.equal(200);
    expect((await readMe(busy)).status).to.equal(200);
    expect((await readMe(busy)).status).to.equal(200);
    const { status, headers, body } = await readMe(busy);
    expect(status).to.equal(429);
    expect(Number(headers.get('retry-after'))).to.be.within(1, 60);
    expect(body.detail).to.match(/^Request was throttled\. Expected available in \d+ seconds\.$/);
    const overTrpc = await batch(1, busy);
    expect(overTrpc.status).to.equal(429);
    expect(Number(overTrpc.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await readMe(quiet)).status).to.equal(200);
    expect((await api.rest('GET', '/tags/')).status, 'whoever comes with a password').to.equal(200);
  });
});
