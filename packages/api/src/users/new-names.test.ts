import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('usernames', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/users/', { username: 'support', password: 'pw', is_staff: true });
    await api.rest('POST', '/users/', { username: 'retired', password: 'pw', is_superuser: true, is_active: false });
  });
  after(() => api.stop());
  afterEach(() => api.query(`DELETE FROM users WHERE NOT is_superuser AND NOT is_staff`));

  const create = (username: string, more = {}) => api.rest('POST', '/users/', { username, password: 'pw', ...more });
  const rename = (from: string, username: string) =>
    api.rest('PATCH', `/users/${encodeURIComponent(from)}/`, { username });
  /** A row that the old service left behind. */
  const insertOld = (username: string, flags = 'false, false') =>
    api.query(`INSERT INTO users (username, password, is_superuser, is_staff)
      SELECT '${username}', password, ${flags} FROM users WHERE username = 'support'`);

  for (const [given, stored] of [
    ['ｉｖａｎ', 'ivan'],
    ['Йод'.normalize('NFD'), 'Йод'.normalize('NFC')],
    ['ﬁona', 'fiona'],
    ['ⅷ', 'viii'],
  ] as const) {
    it(`are stored in NFKC: ${given}`, async () => {
      expect(await create(given))
        .to.deep.include({ status: 201 })
        .and.to.have.nested.property('body.username', stored);
      await api.rest('DELETE', `/users/${encodeURIComponent(stored)}/`);
      await create('pyotr');
      expect((await rename('pyotr', given)).body.username).to.equal(stored);
      expect((await create(given)).body).to.deep.equal({ username: ['A user with that username already exists.'] });
    });

    it(`open their account and its path as they were given: ${given}`, async () => {
      await create(given);
      for (const name of [given, stored]) {
        const headers = { authorization: api.basic(name, 'pw') };
        const path = `/users/${encodeURIComponent(name)}/`;
        expect((await api.rest('GET', path, undefined, headers)).body.username, name).to.equal(stored);
        expect((await api.rest('PATCH', path, { first_name: 'I' }, headers)).status).to.equal(200);
        expect((await api.rest('PUT', path, { username: given, password: 'pw' }, headers)).body.username).to.equal(
          stored,
        );
        expect((await api.rest('GET', path)).status).to.equal(200);
      }
      const login = await api.rest('POST', '/auth/login/', { username: given, password: 'pw' }, { authorization: '' });
      expect(login.body.username).to.equal(stored);
    });
  }

  it('keep their letter case, and may be of any script', async () => {
    for (const username of ['Ivan', 'ivan', 'Иван', '東京', 'a.b+c@d-e_f', '...', '.a']) {
      expect((await create(username)).body.username).to.equal(username);
    }
  });

  for (const dots of ['.', '..', '．', '．.', '‥']) {
    it(`are refused when they are ${dots}, also to whom a name is changed`, async () => {
      await create('ivan');
      for (const { status, body } of [await create(dots), await rename('ivan', dots)]) {
        expect(status).to.equal(400);
        expect(body).to.have.all.keys('username');
      }
    });
  }

  it('are refused when NFKC makes them too long, or brings in other characters', async () => {
    const long = await create('ﬃ'.repeat(100));
    expect(long).to.deep.include({ status: 400 });
    expect(long.body.username[0]).to.equal('In NFKC this username has 300 characters: use at most 150.');
    expect((await create('a½')).status).to.equal(400);
    expect((await create('™')).status, 'as it always was').to.equal(400);
  });

  for (const username of [
    'Admin',
    'аdmin',
    'adm1n',
    'АDМІN',
    'ádmin',
    'Support',
    'ѕupport',
    'SUPPОRT',
    'retıred',
    'Retired',
  ]) {
    it(`are refused when they look like a superuser's or staff member's: ${username}`, async () => {
      await create('ivan');
      const detail = `"${username}" looks like the username of a superuser or staff member: choose another.`;
      for (const answer of [
        await create(username),
        await create(username, { is_staff: true }),
        await rename('ivan', username),
      ]) {
        expect(answer).to.deep.include({ status: 400, body: { username: [detail] } });
      }
      const over = await api.trpc.users.create.mutate({ username, password: 'pw' }).catch((thrown) => thrown.data);
      expect(over.fields).to.deep.equal([{ path: ['username'], message: detail }]);
    });
  }

  it('may look like an ordinary user’s, and superusers may change the spelling of their own', async () => {
    for (const username of ['ivan', 'Ivan', 'іvan']) expect((await create(username)).status).to.equal(201);
    expect((await rename('support', 'Support')).status).to.equal(200);
    expect((await rename('Support', 'support')).status).to.equal(200);
  });

  it('are told with everything else that is wrong', async () => {
    const { status, body } = await create('Admin', { email: 'bad', groups: [999] });
    expect(status).to.equal(400);
    expect(body).to.have.all.keys('username', 'email', 'groups');
  });

  it('are not compared for callers who may not change them', async () => {
    await create('ivan');
    const headers = { authorization: api.basic('ivan', 'pw') };
    const answers = await Promise.all(
      ['Admin', 'whoever'].map((username) => api.rest('PATCH', '/users/ivan/', { username, email: 'bad' }, headers)),
    );
    expect(answers[0]).to.deep.include({ status: 403, body: answers[1]!.body });
  });

  it('are decided one at a time: of two that look alike, one becomes staff', async () => {
    const names = ['boss', 'Boss', 'bоss', 'BOSS', 'b0ss'];
    const answers = await Promise.all(names.map((username) => create(username, { is_staff: true })));
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 400, 400, 400, 400]);
    await api.query(`DELETE FROM users WHERE username = ANY(ARRAY['boss', 'Boss', 'bоss', 'BOSS', 'b0ss'])`);
  });

  describe('from before these rules', () => {
    it('sign in, are read and are changed as they are, beside their normalized twin', async () => {
      await insertOld('ﬁ');
      await create('fi', { password: 'other' });
      const own = { authorization: api.basic('ﬁ', 'pw') };
      expect((await api.rest('GET', '/auth/me/', undefined, own)).body.username).to.equal('ﬁ');
      const put = await api.rest('PUT', `/users/${encodeURIComponent('ﬁ')}/`, { username: 'ﬁ', password: 'pw' }, own);
      expect(put).to.deep.include({ status: 200 }).and.to.have.nested.property('body.username', 'ﬁ');
      const twin = { authorization: api.basic('fi', 'other') };
      expect((await api.rest('GET', `/users/${encodeURIComponent('ﬁ')}/`, undefined, twin)).status).to.equal(403);
      expect((await api.rest('GET', '/users/fi/', undefined, own)).status).to.equal(403);
      expect((await api.rest('GET', '/tags/', undefined, { authorization: api.basic('ﬁ', 'other') })).status).to.equal(
        401,
      );
    });

    it('stay when they look like staff, and may become staff: the name is not new', async () => {
      await insertOld('Admin');
      const put = await api.rest('PUT', '/users/Admin/', { username: 'Admin', password: 'pw', is_staff: true });
      expect(put).to.deep.include({ status: 200 });
      await api.query(`DELETE FROM users WHERE username = 'Admin'`);
    });
  });
});
