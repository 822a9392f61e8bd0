import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('users', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  afterEach(() => api.query(`DELETE FROM users WHERE username <> 'admin'`));

  const ivan = { username: 'ivan', password: 'secret' };

  it('are created with defaults, and never show a password', async () => {
    const { status, body } = await api.rest('POST', '/users/', ivan);
    expect(status).to.equal(201);
    expect(body).to.deep.equal({
      id: body.id,
      last_login: null,
      is_superuser: false,
      username: 'ivan',
      first_name: '',
      last_name: '',
      email: '',
      is_staff: false,
      is_active: true,
      date_joined: body.date_joined,
      groups: [],
      user_permissions: [],
    });
    const [row] = await api.query<{ password: string }>(`SELECT password FROM users WHERE username = 'ivan'`);
    expect(row?.password).to.match(/^\$argon2id\$/);
  });

  it('are read and deleted by username, dots and letters of any script included', async () => {
    for (const username of ['a.b+c@d-e_f', 'Иван']) {
      await api.rest('POST', '/users/', { ...ivan, username });
      const path = `/users/${encodeURIComponent(username)}/`;
      expect((await api.rest('GET', path)).body.username).to.equal(username);
      expect((await api.rest('DELETE', path)).status).to.equal(204);
      expect((await api.rest('GET', path)).status).to.equal(404);
    }
  });

  it('move to a new path with a new name', async () => {
    await api.rest('POST', '/users/', ivan);
    const { status, body } = await api.rest('PATCH', '/users/ivan/', {
      username: 'pyotr',
      is_staff: 'yes',
      email: 'p@x.ru',
    });
    expect(status).to.equal(200);
    expect(body).to.include({ username: 'pyotr', is_staff: true, email: 'p@x.ru' });
    expect((await api.rest('GET', '/users/ivan/')).status).to.equal(404);
    expect((await api.rest('GET', '/users/pyotr/')).status).to.equal(200);
  });

  for (const [what, change, errors] of [
    [
      'an empty body',
      { username: undefined, password: undefined },
      { password: ['This field is required.'], username: ['This field is required.'] },
    ],
    [
      'a name with a space',
      { username: 'a b' },
      { username: ['Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'] },
    ],
    ['a name that is taken', { username: 'admin' }, { username: ['A user with that username already exists.'] }],
    ['an e-mail that is none', { email: 'x' }, { email: ['Enter a valid email address.'] }],
    ['a boolean that is none', { is_staff: 'maybe' }, { is_staff: ['Must be a valid boolean.'] }],
    ['a group that is not there', { groups: [7] }, { groups: ['Invalid pk "7" - object does not exist.'] }],
    [
      'a password that is too long',
      { password: 'x'.repeat(129) },
      { password: ['Ensure this field has no more than 128 characters.'] },
    ],
  ] as const) {
    it(`refuse ${what}`, async () => {
      expect(await api.rest('POST', '/users/', { ...ivan, ...change })).to.deep.include({ status: 400, body: errors });
    });
  }

  it('asks for the password on PUT', async () => {
    await api.rest('POST', '/users/', ivan);
    expect((await api.rest('PUT', '/users/ivan/', { username: 'ivan' })).body).to.deep.equal({
      password: ['This field is required.'],
    });
  });

  describe('credentials', () => {
    const as = (authorization?: string) => api.rest('GET', '/tags/', undefined, { authorization: authorization ?? '' });

    for (const [what, header, detail] of [
      ['nothing', '', 'Authentication credentials were not provided.'],
      ['another scheme', 'Bearer x', 'Authentication credentials were not provided.'],
      ['an empty scheme', 'Basic', 'Invalid basic header. No credentials provided.'],
      ['too many words', 'Basic a b', 'Invalid basic header. Credentials string should not contain spaces.'],
      ['no base64', 'Basic ***', 'Invalid username/password.'],
    ] as const) {
      it(`are refused when they are ${what}`, async () => {
        const { status, headers, body } = await as(header);
        expect(status).to.equal(401);
        expect(body).to.deep.equal({ detail });
        expect(headers.get('www-authenticate')).to.equal('Basic realm="api"');
      });
    }

    it('are refused when the password is wrong or the user unknown, in the same words', async () => {
      for (const pair of [api.basic('admin', 'wrong'), api.basic('nobody', 'pw'), api.basic('a\0b', 'pw')]) {
        expect(await as(pair)).to.deep.include({ status: 401, body: { detail: 'Invalid username/password.' } });
      }
    });

    it('are looked at before path, method and body', async () => {
      const headers = { authorization: 'Basic x', 'content-type': 'application/json' };
      for (const [method, path, body] of [
        ['GET', '/tags/abc/'],
        ['DELETE', '/tags/'],
        ['POST', '/tags/', '{'],
        ['GET', '/nothing/'],
      ]) {
        expect((await api.rest(method!, path!, body, headers)).status).to.equal(401);
      }
    });

    it('are out at once with a new password, and when the user is deactivated', async () => {
      await api.rest('POST', '/users/', ivan);
      expect((await as(api.basic('ivan', 'secret'))).status).to.equal(200);
      await api.rest('PATCH', '/users/ivan/', { password: 'other' });
      expect((await as(api.basic('ivan', 'secret'))).status).to.equal(401);
      expect((await as(api.basic('ivan', 'other'))).status).to.equal(200);
      await api.rest('PATCH', '/users/ivan/', { is_active: false });
      expect((await as(api.basic('ivan', 'other'))).status).to.equal(401);
    });

    it('of an ordinary user do not open users, over REST or tRPC', async () => {
      await api.rest('POST', '/users/', ivan);
      const headers = { authorization: api.basic('ivan', 'secret') };
      const { status, body } = await api.rest('PATCH', '/users/ivan/', { is_superuser: true }, headers);
      expect(status).to.equal(403);
      expect(body).to.deep.equal({ detail: 'You do not have permission to perform this action.' });
      const error = await api
        .trpcAs('ivan', 'secret')
        .users.list.query({})
        .catch((thrown) => thrown);
      expect(error.data).to.include({ httpStatus: 403, error: 'auth.forbidden' });
    });
  });
});
