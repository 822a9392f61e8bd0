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

  describe('groups and permissions', () => {
    let editors: number;
    let writers: number;
    beforeEach(async () => {
      editors = (await api.trpc.groups.create.mutate({ name: 'editors' })).id;
      writers = (await api.trpc.groups.create.mutate({ name: 'writers', permissions: [1] })).id;
    });
    afterEach(() => api.query('DELETE FROM groups'));

    it('are kept in ascending order, each once', async () => {
      const given = { groups: [writers, editors, writers], user_permissions: [2, 1, 1] };
      const shown = { groups: [editors, writers], user_permissions: [1, 2] };
      const { status, body } = await api.rest('POST', '/users/', { ...ivan, ...given });
      expect(status).to.equal(201);
      expect(body).to.deep.include(shown);
      expect((await api.rest('GET', '/users/ivan/')).body).to.deep.equal(body);
      expect(await api.trpc.users.read.query({ username: 'ivan' })).to.deep.include(shown);
    });

    it('stay when a change leaves them out, and go with an empty list', async () => {
      await api.rest('POST', '/users/', { ...ivan, groups: [editors], user_permissions: [7] });
      expect((await api.rest('PUT', '/users/ivan/', ivan)).body).to.deep.include({
        groups: [editors],
        user_permissions: [7],
      });
      expect((await api.rest('PATCH', '/users/ivan/', { groups: [] })).body).to.deep.include({
        groups: [],
        user_permissions: [7],
      });
    });

    it('change together with the user, or not at all', async () => {
      await api.rest('POST', '/users/', { ...ivan, groups: [editors] });
      const change = { first_name: 'Ivan', groups: [writers, 999_999], user_permissions: [1, 888_888] };
      expect(await api.rest('PATCH', '/users/ivan/', change)).to.deep.include({
        status: 400,
        body: {
          groups: ['Invalid pk "999999" - object does not exist.'],
          user_permissions: ['Invalid pk "888888" - object does not exist.'],
        },
      });
      const refused = await api.trpc.users.partialUpdate.mutate({ user: 'ivan', ...change }).catch((thrown) => thrown);
      expect(refused.data.fields.map(({ path }: { path: unknown }) => path)).to.deep.equal([
        ['groups', 1],
        ['user_permissions', 1],
      ]);
      expect((await api.rest('POST', '/users/', { ...ivan, ...change, username: 'pyotr' })).status).to.equal(400);
      const { body } = await api.rest('GET', '/users/');
      expect(body.results.map(({ username }: { username: string }) => username)).to.deep.equal(['admin', 'ivan']);
      expect(body.results[1]).to.deep.include({ first_name: '', groups: [editors], user_permissions: [] });
    });

    it('lose a group that is deleted, and go with a user who is', async () => {
      await api.rest('POST', '/users/', { ...ivan, groups: [editors, writers], user_permissions: [1] });
      await api.rest('DELETE', `/groups/${editors}/`);
      expect((await api.rest('GET', '/users/ivan/')).body.groups).to.deep.equal([writers]);
      expect((await api.rest('DELETE', '/users/ivan/')).status).to.equal(204);
      expect(await api.query('SELECT FROM user_groups')).to.deep.equal([]);
      expect(await api.query('SELECT FROM user_permissions')).to.deep.equal([]);
    });

    it('take many changes of one user at once', async () => {
      await api.rest('POST', '/users/', ivan);
      const changes = Array.from({ length: 8 }, () =>
        api.rest('PATCH', '/users/ivan/', { groups: [editors, writers], user_permissions: [1, 2] }),
      );
      expect((await Promise.all(changes)).map(({ status }) => status)).to.deep.equal(Array(8).fill(200));
    });

    it('never point at a group that is deleted at the same time', async () => {
      await api.rest('POST', '/users/', ivan);
      for (let n = 0; n < 10; n++) {
        const { id } = await api.trpc.groups.create.mutate({ name: `group ${n}` });
        const [changed, deleted] = await Promise.all([
          api.rest('PATCH', '/users/ivan/', { groups: [id] }),
          api.rest('DELETE', `/groups/${id}/`),
        ]);
        expect(changed.status).to.be.oneOf([200, 400]);
        expect(deleted.status).to.equal(204);
      }
      expect((await api.rest('GET', '/users/ivan/')).body.groups).to.deep.equal([]);
    });

    it('cost a page as many queries with many users as with one', async () => {
      let queries = 0;
      api.database.users.sequelize!.addHook('beforeQuery', 'count', () => void queries++);
      const countedList = async () => {
        queries = 0;
        return { ...(await api.trpc.users.list.query({})), queries };
      };
      const one = await countedList();
      for (let n = 0; n < 5; n++) {
        await api.rest('POST', '/users/', { ...ivan, username: `ivan${n}`, groups: [n % 2 ? editors : writers] });
      }
      const many = await countedList();
      api.database.users.sequelize!.removeHook('beforeQuery', 'count');
      expect(many.results.map(({ groups }) => groups)).to.deep.equal([
        [],
        [writers],
        [editors],
        [writers],
        [editors],
        [writers],
      ]);
      expect(many.queries).to.equal(one.queries);
    });
  });

  it('keep a superuser who is active: not deleted, demoted or deactivated', async () => {
    const refused = {
      status: 409,
      body: { detail: 'This is the last active superuser. Make another user a superuser first.' },
    };
    await api.rest('POST', '/users/', { ...ivan, is_superuser: true, is_active: false });
    expect(await api.rest('DELETE', '/users/admin/')).to.deep.include(refused);
    for (const change of [{ is_superuser: false }, { is_active: false }]) {
      expect(await api.rest('PATCH', '/users/admin/', change)).to.deep.include(refused);
    }
    expect((await api.rest('GET', '/users/admin/')).body).to.include({ is_superuser: true, is_active: true });
  });

  it('keep one of two superusers who demote each other at once', async () => {
    for (let n = 0; n < 5; n++) {
      await api.rest('POST', '/users/', { ...ivan, is_superuser: true });
      const asIvan = { authorization: api.basic('ivan', 'secret') };
      await api.rest('GET', '/tags/', undefined, asIvan);
      await Promise.all([
        api.rest('PATCH', '/users/ivan/', { is_superuser: false }),
        api.rest('PATCH', '/users/admin/', { is_superuser: false }, asIvan),
      ]);
      const superusers = await api.query('SELECT FROM users WHERE is_superuser AND is_active');
      expect(superusers).to.have.length(1);
      await api.query(`DELETE FROM users WHERE username <> 'admin'; UPDATE users SET is_superuser = true`);
    }
  });

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
      ['another scheme', 'Digest x', 'Authentication credentials were not provided.'],
      ['a token that is none', 'Bearer x', 'Invalid token.'],
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

    it('are looked at before id, method and body', async () => {
      const headers = { authorization: 'Basic x', 'content-type': 'application/json' };
      for (const [method, path, body] of [
        ['GET', '/tags/abc/'],
        ['DELETE', '/tags/'],
        ['POST', '/tags/', '{'],
      ]) {
        expect((await api.rest(method!, path!, body, headers)).status).to.equal(401);
      }
    });

    it('are out at once with a new password, and when the user is deactivated', async () => {
      await api.rest('POST', '/users/', { ...ivan, is_superuser: true });
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
      expect(body).to.deep.equal({
        detail: 'You may change your own name, e-mail and password, but not is_superuser.',
      });
      const error = await api
        .trpcAs('ivan', 'secret')
        .users.list.query({})
        .catch((thrown) => thrown);
      expect(error.data).to.include({ httpStatus: 403, error: 'auth.forbidden' });
    });
  });
});
