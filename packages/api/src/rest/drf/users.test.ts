import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const notNull = 'This field may not be null.';
const noUsername = 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.';
const atMost = (length: number) => `Ensure this field has no more than ${length} characters.`;

describe('users over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  afterEach(() => api.query(`DELETE FROM users WHERE username <> 'admin'`));

  const ivan = { username: 'ivan', password: 'pw' };
  const post = (change: object = {}) => api.rest('POST', '/users/', { ...ivan, ...change });

  it('are answered in the order of old, without the password', async () => {
    const { status, body } = await post();
    expect(status).to.equal(201);
    expect(Object.keys(body)).to.deep.equal([
      'id',
      'last_login',
      'is_superuser',
      'username',
      'first_name',
      'last_name',
      'email',
      'is_staff',
      'is_active',
      'date_joined',
      'groups',
      'user_permissions',
    ]);
    expect(body.date_joined).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
  });

  for (const [change, errors] of [
    [{ username: 'admin' }, { username: ['A user with that username already exists.'] }],
    [{ username: 'a b' }, { username: [noUsername] }],
    [{ username: 'a/b' }, { username: [noUsername] }],
    [{ username: '' }, { username: ['This field may not be blank.'] }],
    [{ username: 'x'.repeat(151) }, { username: [atMost(150)] }],
    [{ password: 'x'.repeat(129) }, { password: [atMost(128)] }],
    [{ first_name: 'x'.repeat(151) }, { first_name: [atMost(150)] }],
    [{ last_name: 'x'.repeat(151) }, { last_name: [atMost(150)] }],
    [{ first_name: null }, { first_name: [notNull] }],
    [{ date_joined: null }, { date_joined: [notNull] }],
    ...['groups', 'user_permissions'].flatMap((field) => [
      [{ [field]: [999999] }, { [field]: ['Invalid pk "999999" - object does not exist.'] }],
      [{ [field]: ['a'] }, { [field]: ['Incorrect type. Expected pk value, received str.'] }],
      [{ [field]: 'x' }, { [field]: ['Expected a list of items but got type "str".'] }],
      [{ [field]: null }, { [field]: [notNull] }],
    ]),
  ] as [object, object][]) {
    it(`refuse ${JSON.stringify(change).slice(0, 60)}`, async () => {
      expect(await post(change)).to.deep.include({ status: 400, body: errors });
    });
  }

  for (const [change, shown] of [
    // A name that looks like the superuser's is refused: users/look-alikes.test.ts.
    [{ username: 'Petr' }, { username: 'Petr' }],
    [{ username: 'Иван_1' }, { username: 'Иван_1' }],
    [
      { first_name: '', last_name: '', email: '' },
      { first_name: '', last_name: '', email: '' },
    ],
    [{ user_permissions: [2, 1] }, { user_permissions: [1, 2] }],
    [{ user_permissions: [1, 1] }, { user_permissions: [1] }],
    [{ user_permissions: ['3'] }, { user_permissions: [3] }],
    [{ last_login: null }, { last_login: null }],
    [{ last_login: '2020-01-01T10:00:00+03:00' }, { last_login: '2020-01-01T07:00:00Z' }],
  ]) {
    it(`take ${JSON.stringify(change)}`, async () => {
      const { status, body } = await post(change);
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body).to.deep.include(shown);
    });
  }

  it('ask for the password on PUT, and for nothing on PATCH', async () => {
    await post();
    expect(await api.rest('PUT', '/users/ivan/', { username: 'ivan' })).to.deep.include({
      status: 400,
      body: { password: ['This field is required.'] },
    });
    expect((await api.rest('PATCH', '/users/ivan/', {})).status).to.equal(200);
  });

  it('move with their name', async () => {
    await post();
    expect((await api.rest('PATCH', '/users/ivan/', { username: 'a.b@c' })).status).to.equal(200);
    expect((await api.rest('GET', '/users/a.b@c/')).status).to.equal(200);
    expect(await api.rest('GET', '/users/ivan/')).to.deep.include({ status: 404, body: { detail: 'Not found.' } });
  });
});
