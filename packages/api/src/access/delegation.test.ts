import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const beyond = /^You do not have these permissions yourself: /;

describe('rights', () => {
  let api: TestApi;
  let ids: Record<string, number>;
  let clerks: number;
  before(async () => {
    api = await startApi();
    ids = Object.fromEntries(
      (await api.trpc.permissions.list.query({ limit: 1_000 })).results.map(({ id, codename }) => [codename, id]),
    );
  });
  after(() => api.stop());

  const manager = () => ({ authorization: api.basic('manager', 'secret') });
  const idsOf = (...codenames: string[]) => codenames.map((codename) => ids[codename]!);

  /** Somebody who administers users and groups, and may view tags, but nothing else. */
  beforeEach(async () => {
    const permissions = idsOf(
      ...['view_user', 'add_user', 'change_user', 'delete_user'],
      ...['view_group', 'add_group', 'change_group', 'delete_group', 'view_tag'],
    );
    clerks = (await api.trpc.groups.create.mutate({ name: 'clerks', permissions: idsOf('view_tag') })).id;
    for (const [username, user_permissions] of [
      ['manager', permissions],
      ['clerk', idsOf('view_tag')],
      ['sender', idsOf('add_mailing')],
    ] as const) {
      await api.rest('POST', '/users/', { username, password: 'secret', user_permissions });
    }
    await api.rest('POST', '/users/', { username: 'root', password: 'secret', is_superuser: true });
    await api.rest('POST', '/users/', { username: 'staff', password: 'secret', is_staff: true });
  });
  afterEach(() => api.query(`DELETE FROM users WHERE username <> 'admin'; DELETE FROM groups`));

  const refused = async (method: string, path: string, body?: object, detail?: RegExp) => {
    const before = await everybody();
    const answer = await api.rest(method, path, body, manager());
    expect(answer.status, `${method} ${path} ${JSON.stringify(body)}`).to.equal(403);
    if (detail) expect(answer.body.detail).to.match(detail);
    expect(await everybody()).to.deep.equal(before);
  };
  const everybody = () =>
    api.query(`
    SELECT u.*, ARRAY(SELECT group_id FROM user_groups WHERE user_id = u.id) AS groups,
      ARRAY(SELECT permission_id FROM user_permissions WHERE user_id = u.id) AS permissions,
      (SELECT json_agg(group_permissions) FROM group_permissions) AS of_groups
    FROM users u ORDER BY id`);

  it('are handed on by who has them', async () => {
    const created = await api.rest(
      'POST',
      '/users/',
      { username: 'new', password: 'pw', groups: [clerks], user_permissions: idsOf('view_user') },
      manager(),
    );
    expect(created.status).to.equal(201);
    expect((await api.rest('PATCH', '/users/clerk/', { email: 'c@example.com' }, manager())).status).to.equal(200);
    expect((await api.rest('PATCH', '/users/clerk/', { password: 'new' }, manager())).status).to.equal(200);
    expect((await api.rest('DELETE', '/users/clerk/', undefined, manager())).status).to.equal(204);
  });

  it('are not raised by mass assignment: not one’s own, not others’, not new ones’', async () => {
    for (const rise of [
      { is_superuser: true },
      { is_staff: true },
      { user_permissions: idsOf('add_mailing') },
      { is_superuser: 'yes', email: 'x@example.com' },
    ]) {
      await refused('PATCH', '/users/manager/', rise);
      await refused('PUT', '/users/manager/', { username: 'manager', password: 'secret', ...rise });
      await refused('PATCH', '/users/clerk/', rise);
      await refused('POST', '/users/', { username: 'puppet', password: 'pw', ...rise });
    }
    const clerk = { authorization: api.basic('clerk', 'secret') };
    for (const rise of [{ is_superuser: true }, { is_staff: true }, { groups: [clerks] }, { is_active: false }]) {
      expect((await api.rest('PATCH', '/users/clerk/', rise, clerk)).status).to.equal(403);
    }
    expect((await api.rest('PATCH', '/users/clerk/', { is_superuser: false }, clerk)).status).to.equal(200);
    const change = { email: 'c@example.com', is_superuser: true, user_permissions: [ids.add_user], username: 'admin2' };
    const { status, body } = await api.rest('PATCH', '/auth/me/', change, clerk);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ username: 'clerk', is_superuser: false, permissions: ['view_tag'] });
  });

  it('are not raised by way of a group', async () => {
    const { id } = await api.trpc.groups.create.mutate({ name: 'senders', permissions: idsOf('add_mailing') });
    await refused('PATCH', '/users/manager/', { groups: [id] }, beyond);
    await refused('POST', '/users/', { username: 'puppet', password: 'pw', groups: [id] }, beyond);
    await refused('POST', '/groups/', { name: 'mine', permissions: idsOf('add_mailing', 'view_tag') }, beyond);
    await refused('PATCH', `/groups/${clerks}/`, { permissions: idsOf('add_mailing') }, beyond);
    await refused('DELETE', `/groups/${id}/`, undefined, beyond);
  });

  it('are not had by becoming somebody who has them', async () => {
    for (const username of ['root', 'sender', 'staff', 'admin']) {
      await refused('PATCH', `/users/${username}/`, { password: 'mine' });
      await refused('PATCH', `/users/${username}/`, { is_active: false });
      await refused('DELETE', `/users/${username}/`);
    }
  });

  it('of superusers go beyond all of that', async () => {
    const root = { authorization: api.basic('root', 'secret') };
    expect((await api.rest('PATCH', '/users/clerk/', { is_superuser: true }, root)).status).to.equal(200);
    expect((await api.rest('DELETE', '/users/clerk/', undefined, root)).status).to.equal(204);
  });

  it('are never lost: one active superuser stays, also when two demote each other at once', async () => {
    for (const change of [{ is_superuser: false }, { is_active: false }]) {
      await api.rest('POST', '/users/', { username: 'other', password: 'secret', is_superuser: true });
      await api.rest('DELETE', '/users/root/');
      const demote = (username: string, as: string) =>
        api.rest('PATCH', `/users/${username}/`, change, { authorization: as });
      const answers = await Promise.all([
        demote('admin', api.basic('other', 'secret')),
        demote('other', api.basic('admin', 'pw')),
      ]);
      const [{ left } = { left: 0 }] = await api.query<{ left: number }>(
        'SELECT count(*)::int AS left FROM users WHERE is_superuser AND is_active',
      );
      expect(left).to.equal(1);
      expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
      await api.query(`UPDATE users SET is_superuser = true, is_active = true WHERE username = 'admin'`);
      await api.forgetCallers();
      await api.query(`DELETE FROM users WHERE username = 'other'`);
      const last = await api.rest('PATCH', '/users/admin/', change);
      expect(last.status).to.equal(409);
      expect((await api.rest('DELETE', '/users/admin/')).status).to.equal(409);
    }
  });
});
