import { expect } from 'chai';
import { type RestAnswer, startApi, type TestApi } from '../api.suite.js';

const ivan = { username: 'ivan', password: 'secret', first_name: 'Иван' };
const none = { detail: 'Authentication credentials were not provided.' };

describe('signing in', () => {
  let api: TestApi;
  let ownOrigin: Record<string, string>;
  before(async () => {
    api = await startApi({ sessionMs: 600_000 });
    ownOrigin = { authorization: '', origin: api.origin };
  });
  after(() => api.stop());
  beforeEach(() => api.rest('POST', '/users/', ivan));
  afterEach(() => api.query(`DELETE FROM users WHERE username <> 'admin'`));

  const login = (credentials: object = ivan, headers = {}) =>
    api.rest('POST', '/auth/login/', credentials, { authorization: '', ...headers });
  const cookieOf = ({ headers }: RestAnswer) => headers.get('set-cookie')!.split(';')[0]!;
  const readMe = (cookie: string) => api.rest('GET', '/auth/me/', undefined, { authorization: '', cookie });
  const as = (cookie: string) => ({ ...ownOrigin, cookie });

  it('answers who it is and what they may do, and sets a cookie that no script can read', async () => {
    const answer = await login({ username: 'ivan', password: 'secret' });
    expect(answer.status).to.equal(200);
    expect(answer.body).to.deep.include({ username: 'ivan', first_name: 'Иван', permissions: [] });
    expect(answer.body).not.to.have.property('password');
    expect(answer.headers.get('set-cookie')).to.match(
      /^sessionid=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
    );
  });

  it('opens REST and tRPC alike, and keeps no more than a hash of the secret', async () => {
    const cookie = cookieOf(await login());
    expect((await readMe(cookie)).body.username).to.equal('ivan');
    const response = await fetch(`${api.origin}/trpc/auth.me?input={"json":{}}`, { headers: { cookie } });
    expect(response.status).to.equal(200);
    const [session] = await api.query<{ kept: string }>('SELECT sessions::text AS kept FROM sessions');
    expect(session?.kept).not.to.contain(cookie.split('=')[1]);
  });

  it('over tRPC sets the same cookie', async () => {
    const response = await fetch(`${api.origin}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ json: { username: 'ivan', password: 'secret' } }),
    });
    expect(response.status).to.equal(200);
    const cookie = response.headers.get('set-cookie')!.split(';')[0]!;
    expect((await readMe(cookie)).body.username).to.equal('ivan');
  });

  it('is remembered as the last login, in the audit too', async () => {
    await login();
    expect((await api.rest('GET', '/users/ivan/')).body.last_login).to.be.a('string');
    const { body } = await api.rest('GET', '/audit/?action=login&user=ivan');
    expect(body.results[0]).to.deep.include({ operation: 'auth_login', resource: 'users', address: '127.0.0.1' });
  });

  it('ends the session that the browser had before', async () => {
    const before = cookieOf(await login());
    const after = cookieOf(await login(ivan, { cookie: before, origin: api.origin }));
    expect(after).not.to.equal(before);
    expect((await readMe(before)).status).to.equal(401);
    expect((await readMe(after)).status).to.equal(200);
  });

  it('is refused in the same words whether the account exists, is switched off, or the password is wrong', async () => {
    await api.rest('POST', '/users/', { username: 'idle', password: 'pw', is_active: false });
    for (const credentials of [
      { username: 'ivan', password: 'wrong' },
      { username: 'nobody', password: 'secret' },
      { username: 'idle', password: 'pw' },
    ]) {
      const answer = await login(credentials);
      expect(answer).to.deep.include({ status: 401, body: { detail: 'Invalid username/password.' } });
      expect(answer.headers.get('set-cookie')).to.equal(null);
    }
    expect((await login({})).body).to.have.all.keys('username', 'password');
  });

  it('needs no cookie that is forged, cut short or somebody’s old one', async () => {
    const cookie = cookieOf(await login());
    for (const forged of [`${cookie}x`, cookie.slice(0, -1), 'sessionid=1', 'sessionid=', 'sessionid=%00', 'csrf=1']) {
      expect(await readMe(forged)).to.deep.include({ status: 401, body: none });
    }
  });

  it('takes names as long as accounts have them', async () => {
    expect((await login({ username: 'x'.repeat(150), password: 'pw' })).status).to.equal(401);
    expect((await login({ username: 'x'.repeat(151), password: 'pw' })).status).to.equal(400);
  });

  it('is not streamed over tRPC, where the cookie would come too late', async () => {
    const response = await fetch(`${api.origin}/trpc/auth.login?batch=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'trpc-accept': 'application/jsonl' },
      body: JSON.stringify({ 0: { json: { username: 'ivan', password: 'secret' } } }),
    });
    expect(response.status).to.equal(406);
    expect(await response.json())
      .to.have.property('detail')
      .that.contains('httpBatchLink');
  });

  it('lasts as long as it is used', async () => {
    const cookie = cookieOf(await login());
    const expireIn = (minutes: number) =>
      api.query(`UPDATE sessions SET expires_at = now() + interval '${minutes} minutes'`);
    await expireIn(5);
    await api.forgetCallers();
    const { status, headers } = await readMe(cookie);
    expect(status).to.equal(200);
    expect(headers.get('set-cookie')).to.contain(`${cookie}; Max-Age=600`);
    const [{ left } = { left: 0 }] = await api.query<{ left: number }>(
      'SELECT extract(epoch FROM expires_at - now())::float AS left FROM sessions',
    );
    expect(left).to.be.within(590, 600);
    await expireIn(0);
    await api.forgetCallers();
    expect(await readMe(cookie)).to.deep.include({ status: 401, body: none });
  });

  it('is over for a user who is switched off or deleted', async () => {
    const cookie = cookieOf(await login());
    await api.rest('PATCH', '/users/ivan/', { is_active: false });
    expect((await readMe(cookie)).status).to.equal(401);
    await api.rest('PATCH', '/users/ivan/', { is_active: true });
    expect((await readMe(cookie)).status).to.equal(401);
    const other = cookieOf(await login());
    await api.rest('DELETE', '/users/ivan/');
    expect((await readMe(other)).status).to.equal(401);
  });

  it('is undone by signing out, which takes the cookie away', async () => {
    const cookie = cookieOf(await login());
    const { status, headers } = await api.rest('POST', '/auth/logout/', undefined, as(cookie));
    expect(status).to.equal(204);
    expect(headers.get('set-cookie')).to.match(/^sessionid=; Max-Age=0; Path=\/;/);
    expect((await readMe(cookie)).status).to.equal(401);
    expect((await api.rest('POST', '/auth/logout/')).status, 'without a session').to.equal(204);
    const { body } = await api.rest('GET', '/audit/?action=logout&user=ivan');
    expect(body.count).to.be.greaterThan(0);
  });

  describe('one’s own account', () => {
    it('changes name, e-mail and password; other sessions end with the old password', async () => {
      const [here, elsewhere] = [cookieOf(await login()), cookieOf(await login())];
      const change = { last_name: 'Петров', email: 'ivan@example.com', password: 'better' };
      const { status, body } = await api.rest('PATCH', '/auth/me/', change, as(here));
      expect(status).to.equal(200);
      expect(body).to.include({ first_name: 'Иван', last_name: 'Петров', email: 'ivan@example.com' });
      expect((await readMe(here)).status).to.equal(200);
      expect((await readMe(elsewhere)).status).to.equal(401);
      expect((await login()).status).to.equal(401);
      expect((await login({ ...ivan, password: 'better' })).status).to.equal(200);
    });

    it('is the same at /users/{username}/, and there is no other to be read', async () => {
      const headers = { authorization: api.basic('ivan', 'secret') };
      const own = await api.rest('GET', '/users/ivan/', undefined, headers);
      expect(own).to.deep.include({ status: 200, body: (await api.rest('GET', '/users/ivan/')).body });
      expect((await api.rest('PATCH', '/users/ivan/', { email: 'i@example.com' }, headers)).status).to.equal(200);
      expect((await api.rest('PUT', '/users/ivan/', { ...ivan, last_name: 'Q' }, headers)).status).to.equal(200);
      for (const [method, path, body] of [
        ['GET', '/users/admin/'],
        ['GET', '/users/nobody/'],
        ['PATCH', '/users/admin/', { email: 'x@example.com' }],
        ['PUT', '/users/admin/', { username: 'admin', password: 'mine' }],
        ['DELETE', '/users/ivan/'],
        ['GET', '/users/'],
      ] as const) {
        expect((await api.rest(method, path, body, headers)).status, `${method} ${path}`).to.equal(403);
      }
    });

    it('shows what is wrong with each field', async () => {
      const { status, body } = await api.rest('PATCH', '/auth/me/', { email: 'x', first_name: 'x'.repeat(151) });
      expect(status).to.equal(400);
      expect(body).to.have.all.keys('email', 'first_name');
    });
  });
});

describe('a new password', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ passwordMinLength: 12 });
  });
  after(() => api.stop());

  it('has the length that was set, wherever it is given, and is told of with whatever else is wrong', async () => {
    const tooShort = { password: ['This password is too short. It must contain at least 12 characters.'] };
    for (const [method, path, body] of [
      ['POST', '/users/', { username: 'ivan', password: 'short' }],
      ['PATCH', '/users/admin/', { password: 'short' }],
      ['PATCH', '/auth/me/', { password: 'short' }],
    ] as const) {
      expect(await api.rest(method, path, body), path).to.deep.include({ status: 400, body: tooShort });
    }
    const { body } = await api.rest('POST', '/users/', { username: 'admin', password: '😀'.repeat(11), groups: [9] });
    expect(body).to.have.all.keys('username', 'password', 'groups');
    expect((await api.rest('POST', '/users/', { username: 'anna', password: '😀'.repeat(12) })).status).to.equal(201);
    expect((await api.rest('GET', '/tags/')).status, 'a password that is short already').to.equal(200);
  });
});
