import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const refusal = "A token cannot change its owner's account. Sign in with the password.";
const ofGroup = 'A token cannot change a group that its owner belongs to. Sign in with the password.';

describe('a token and its owner’s account', () => {
  let api: TestApi;
  let ids: Record<string, number>;
  let group: number;
  /** Of an ordinary user who may do everything that a permission is for; the token holds all of it. */
  let token: string;
  before(async () => {
    api = await startApi();
    const { results } = await api.trpc.permissions.list.query({ limit: 1_000 });
    ids = Object.fromEntries(results.map(({ id, codename }) => [codename, id]));
    const user_permissions = Object.values(ids);
    group = (await api.trpc.groups.create.mutate({ name: 'clerks', permissions: [ids.view_tag!] })).id;
    const owner = { username: 'owner', password: 'secret', email: 'o@example.com', groups: [group], user_permissions };
    expect((await api.rest('POST', '/users/', owner)).status).to.equal(201);
    const made = await api
      .trpcAs('owner', 'secret')
      .tokens.create.mutate({ name: 'all', permissions: user_permissions });
    token = made.token;
  });
  after(() => api.stop());

  const byToken = () => ({ authorization: `Bearer ${token}` });
  const byPassword = () => ({ authorization: api.basic('owner', 'secret') });
  const everything = () =>
    api.query(`
      SELECT u.*, ARRAY(SELECT group_id FROM user_groups WHERE user_id = u.id) AS groups,
        ARRAY(SELECT permission_id FROM user_permissions WHERE user_id = u.id) AS permissions,
        (SELECT json_agg(group_permissions) FROM group_permissions) AS of_groups
      FROM users u ORDER BY id`);

  const ownAccount = '/users/owner/';
  for (const [method, body] of [
    ['PATCH', { password: 'mine' }],
    ['PATCH', { password: 'mine', email: 'bad' }],
    ['PATCH', { email: 'x@example.com' }],
    ['PATCH', { username: 'other' }],
    ['PATCH', { is_active: false }],
    ['PATCH', { groups: [] }],
    ['PATCH', {}],
    ['PUT', { username: 'owner', password: 'mine' }],
    ['DELETE', undefined],
  ] as const) {
    it(`does not take ${method} ${JSON.stringify(body) ?? ''}`, async () => {
      const before = await everything();
      const answer = await api.rest(method, ownAccount, body, byToken());
      expect(answer).to.deep.include({ status: 403, body: { detail: refusal } });
      expect(answer.headers.get('x-error-code')).to.equal('auth.forbidden');
      expect(answer.headers.get('x-error-needs')).to.equal('password');
      expect(await everything()).to.deep.equal(before);
    });
  }

  it('does not take the same over tRPC', async () => {
    const call = (name: string, input: object) =>
      fetch(`${api.origin}/trpc/${name}`, {
        method: 'POST',
        headers: { ...byToken(), 'content-type': 'application/json' },
        body: JSON.stringify({ json: input }),
      });
    for (const [name, input] of [
      ['users.partialUpdate', { user: 'owner', password: 'mine' }],
      ['users.partialUpdate', { user: 'owner', password: 'mine', email: 'bad' }],
      ['users.update', { user: 'owner', username: 'owner', password: 'mine' }],
      ['users.delete', { username: 'owner' }],
      ['auth.changeMe', { password: 'mine' }],
      ['groups.partialUpdate', { id: group, permissions: [ids.view_tag, ids.add_mailing] }],
      ['groups.delete', { id: group }],
      ['tokens.create', { name: 'heir', permissions: [] }],
    ] as const) {
      const response = await call(name, input);
      expect(response.status, name).to.equal(403);
      const { error } = (await response.json()) as { error: { json: { data: { error: string } } } };
      expect(error.json.data.error, name).to.equal('auth.forbidden');
    }
  });

  it('is not taken for a stranger’s when the owner is a superuser', async () => {
    const made = await api.trpc.tokens.create.mutate({ name: 'root', permissions: Object.values(ids) });
    const headers = { authorization: `Bearer ${made.token}` };
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await api.rest(
        method,
        '/users/admin/',
        method === 'PATCH' ? { password: 'x' } : undefined,
        headers,
      );
      expect(answer).to.deep.include({ status: 403, body: { detail: refusal } });
    }
  });

  it('is not changed by way of a group: neither raised nor lowered', async () => {
    const before = await everything();
    for (const [method, body] of [
      ['PATCH', { permissions: [ids.view_tag, ids.add_mailing] }],
      ['PATCH', { permissions: [] }],
      ['PATCH', { permissions: [ids.add_mailing], name: '' }],
      ['PUT', { name: 'clerks', permissions: [ids.add_mailing] }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.rest(method, `/groups/${group}/`, body, byToken());
      expect(answer, `${method} ${JSON.stringify(body)}`).to.deep.include({ status: 403, body: { detail: ofGroup } });
    }
    expect(await everything()).to.deep.equal(before);
    const same = { name: 'clerks', permissions: [ids.view_tag] };
    expect((await api.rest('PUT', `/groups/${group}/`, same, byToken())).status).to.equal(200);
  });

  it('is not changed by way of another account that could change it', async () => {
    const others = (body: object) => api.rest('POST', '/users/', { password: 'pw', ...body }, byToken());
    const clerk = { username: 'clerk', password: 'pw', user_permissions: [ids.change_user] };
    expect((await api.rest('POST', '/users/', clerk)).status).to.equal(201);
    const powers = (await api.trpc.groups.create.mutate({ name: 'powers', permissions: [ids.delete_user!] })).id;
    const before = await everything();
    for (const answer of [
      await others({ username: 'mole', user_permissions: Object.values(ids) }),
      await others({ username: 'mole', user_permissions: [ids.delete_user] }),
      await others({ username: 'mole', groups: [powers] }),
      await api.rest('POST', '/groups/', { name: 'moles', permissions: [ids.change_user] }, byToken()),
      await api.rest('PATCH', `/groups/${powers}/`, { permissions: [ids.change_user] }, byToken()),
      await api.rest('PATCH', '/users/clerk/', { password: 'mine' }, byToken()),
      await api.rest('DELETE', '/users/clerk/', undefined, byToken()),
    ]) {
      expect(answer.status).to.equal(403);
      expect(answer.headers.get('x-error-needs')).to.equal('password');
    }
    expect(await everything()).to.deep.equal(before);
    const harmless = Object.values(ids).filter((id) => id !== ids.change_user && id !== ids.delete_user);
    expect((await others({ username: 'harmless', user_permissions: harmless })).status).to.equal(201);
    expect((await api.rest('POST', '/users/', { ...clerk, username: 'c2' }, byPassword())).status).to.equal(201);
  });

  it('says that a group which could change it stays as it is', async () => {
    const strong = await api.trpc.groups.create.mutate({ name: 'strong', permissions: [ids.change_user!] });
    const path = `/groups/${strong.id}/`;
    const touched = 'A token cannot change or delete a group that has change_user. Sign in with the password.';
    for (const [method, body] of [
      ['PATCH', {}],
      ['PATCH', { name: 'weak' }],
      ['PATCH', { permissions: [] }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.rest(method, path, body, byToken());
      expect(answer, `${method} ${JSON.stringify(body)}`).to.deep.include({ status: 403, body: { detail: touched } });
    }
    const given = await api.rest('PATCH', `/groups/${group}/`, { permissions: [ids.change_user] }, byToken());
    expect(given.body.detail).to.equal('A token cannot give change_user. Sign in with the password.');
    expect((await api.rest('PATCH', path, { name: 'weak' }, byPassword())).status).to.equal(200);
    expect((await api.rest('DELETE', path, undefined, byPassword())).status).to.equal(204);
  });

  it('leaves it to the token to administer others, as far as the token’s own rights go', async () => {
    const few = await api.trpcAs('owner', 'secret').tokens.create.mutate({
      name: 'few',
      permissions: ['add_user', 'change_user', 'delete_user', 'add_group', 'change_group'].map((name) => ids[name]!),
    });
    const byFew = { authorization: `Bearer ${few.token}` };
    const post = (body: object) => api.rest('POST', '/users/', { password: 'pw', ...body }, byFew);
    expect((await post({ username: 'plain' })).status).to.equal(201);
    expect((await api.rest('PATCH', '/users/plain/', { password: 'new' }, byFew)).status).to.equal(200);
    for (const rise of [
      { is_superuser: true },
      { is_staff: true },
      { user_permissions: [ids.view_tag] },
      { groups: [group] },
    ]) {
      expect((await post({ username: 'puppet', ...rise })).status, JSON.stringify(rise)).to.equal(403);
      expect((await api.rest('PATCH', '/users/plain/', rise, byFew)).status, JSON.stringify(rise)).to.equal(403);
    }
    await api.rest('POST', '/users/', { username: 'reader', password: 'pw', user_permissions: [ids.view_tag] });
    expect((await api.rest('PATCH', '/users/reader/', { password: 'mine' }, byFew)).status).to.equal(403);
    expect((await api.rest('DELETE', '/users/reader/', undefined, byFew)).status).to.equal(403);
    expect((await api.rest('DELETE', '/users/plain/', undefined, byFew)).status).to.equal(204);
  });

  it('is changed with the password, and the refusals are in the audit with the token', async () => {
    expect((await api.rest('PATCH', ownAccount, { email: 'new@example.com' }, byPassword())).status).to.equal(200);
    const refused = await api.query<{ operation: string; token_id: string | null }>(
      `SELECT DISTINCT operation, token_id FROM audit WHERE action = 'refuse' AND username = 'owner'`,
    );
    expect(refused.map(({ operation }) => operation)).to.include.members([
      ...['users_partial_update', 'users_update', 'users_delete', 'groups_partial_update', 'groups_delete'],
    ]);
    expect(refused.every(({ token_id }) => token_id !== null)).to.equal(true);
  });
});
