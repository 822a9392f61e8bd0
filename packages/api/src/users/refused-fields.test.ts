import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

/** A caller learns nothing of other rows by sending fields that they may not change. */
describe('fields that the caller may not change', () => {
  let api: TestApi;
  let ids: Record<string, number>;
  let clerks: number;
  let senders: number;
  before(async () => {
    api = await startApi({ passwordMinLength: 4 });
    const { results } = await api.trpc.permissions.list.query({ limit: 1_000 });
    ids = Object.fromEntries(results.map(({ id, codename }) => [codename, id]));
    clerks = (await api.trpc.groups.create.mutate({ name: 'clerks' })).id;
    senders = (await api.trpc.groups.create.mutate({ name: 'senders', permissions: [ids.add_mailing!] })).id;
    const user_permissions = [ids.add_user, ids.change_user, ids.add_group, ids.change_group];
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    await api.rest('POST', '/users/', { username: 'manager', password: 'secret', user_permissions });
  });
  after(() => api.stop());

  const ivan = () => ({ authorization: api.basic('ivan', 'secret') });
  const manager = () => ({ authorization: api.basic('manager', 'secret') });

  for (const [what, there, notThere] of [
    ['a username', { username: 'admin' }, { username: 'nobody' }],
    ['a group', { groups: [1] }, { groups: [999_999] }],
    ['a permission', { user_permissions: [1] }, { user_permissions: [999_999] }],
  ] as const) {
    for (const wrong of [
      {},
      { email: 'bad' },
      { password: 'x' },
      { first_name: 'x'.repeat(200) },
      { is_staff: 'maybe' },
    ]) {
      it(`do not tell whether ${what} is there, beside ${JSON.stringify(wrong)}`, async () => {
        const patch = (body: object) => api.rest('PATCH', '/users/ivan/', { ...body, ...wrong }, ivan());
        const put = (body: object) =>
          api.rest('PUT', '/users/ivan/', { username: 'ivan', password: 'secret', ...body, ...wrong }, ivan());
        for (const change of [patch, put]) {
          const [one, other] = [await change(there), await change(notThere)];
          expect(one.status).to.equal(403);
          expect(one.body).to.deep.equal(other.body);
          expect(other.status).to.equal(403);
        }
        const over = (body: object) =>
          api
            .trpcAs('ivan', 'secret')
            .users.partialUpdate.mutate({ user: 'ivan', ...body, ...wrong } as never)
            .catch((thrown) => thrown.data.error);
        expect([await over(there), await over(notThere)]).to.deep.equal(['auth.rights', 'auth.rights']);
      });
    }
  }

  it('are in the audit when they are refused, over REST and tRPC', async () => {
    await api.rest('POST', '/users/', { username: 'petr', password: 'secret' });
    await api.query('DELETE FROM audit');
    const change = { username: 'admin', password: 'secret', email: 'bad' };
    await api.rest('PUT', '/users/petr/', change, { authorization: api.basic('petr', 'secret') });
    const { email, username } = change;
    await api
      .trpcAs('petr', 'secret')
      .users.partialUpdate.mutate({ user: 'petr', email, username })
      .catch(() => {});
    const refused = { reason: 'auth.rights', username: 'petr' };
    expect(await api.query('SELECT operation, reason, username FROM audit ORDER BY id')).to.deep.equal([
      { ...refused, operation: 'users_update' },
      { ...refused, operation: 'users_partial_update' },
    ]);
  });

  it('are told as wrong to whoever may change them', async () => {
    const taken = ['A user with that username already exists.'];
    const { status, body } = await api.rest('PATCH', '/users/ivan/', { username: 'admin', email: 'bad' }, manager());
    expect(status).to.equal(400);
    expect(body).to.deep.equal({ email: ['Enter a valid email address.'], username: taken });
  });

  it('come before everything else that is wrong with a new user or group', async () => {
    const refused = async (method: string, path: string, body: object) => {
      const answer = await api.rest(method, path, body, manager());
      expect(answer.status, `${method} ${path} ${JSON.stringify(body)}`).to.equal(403);
    };
    for (const rise of [{ is_superuser: true }, { groups: [senders] }, { user_permissions: [ids.view_tag] }]) {
      for (const wrong of [{ email: 'bad' }, { password: 'x' }]) {
        await refused('POST', '/users/', { username: 'admin', password: 'secret', ...rise, ...wrong });
      }
    }
    await refused('POST', '/groups/', { name: 'x'.repeat(200), permissions: [ids.view_tag] });
    await refused('PATCH', `/groups/${senders}/`, { name: 'clerks', permissions: ['x'] });
    await refused('PATCH', `/groups/${clerks}/`, { name: '', permissions: [ids.view_tag] });
    await refused('PATCH', '/users/admin/', { username: 'ivan', email: 'bad' });
  });

  describe('last_login and date_joined', () => {
    const past = '2001-01-01T00:00:00Z';

    it('are set by superusers', async () => {
      const change = { last_login: past, date_joined: past };
      expect((await api.rest('PATCH', '/users/ivan/', change)).body).to.deep.include(change);
      const created = await api.rest('POST', '/users/', { username: 'dated', password: 'secret', ...change });
      expect(created.body).to.deep.include(change);
      await api.rest('PATCH', '/users/ivan/', { last_login: null, date_joined: '2020-05-05T05:05:05.123456Z' });
    });

    for (const field of ['last_login', 'date_joined']) {
      it(`are refused of others: ${field}`, async () => {
        const refusal = { status: 403, body: { detail: `Only a superuser can set ${field}.` } };
        expect(await api.rest('PATCH', '/users/ivan/', { [field]: past }, manager())).to.deep.include(refusal);
        expect(await api.rest('PATCH', '/users/manager/', { [field]: past }, manager())).to.deep.include(refusal);
        const created = { username: 'new', password: 'secret', [field]: past };
        expect(await api.rest('POST', '/users/', created, manager())).to.deep.include(refusal);
        expect((await api.rest('PATCH', '/users/ivan/', { [field]: past }, ivan())).status).to.equal(403);
      });
    }

    it('stay when they are sent back as they were read, by the user and by who administers them', async () => {
      const { body: shown } = await api.rest('GET', '/users/ivan/', undefined, ivan());
      expect(shown).to.deep.include({ last_login: null, date_joined: '2020-05-05T05:05:05.123456Z' });
      for (const headers of [ivan(), manager()]) {
        const { status, body } = await api.rest('PUT', '/users/ivan/', { ...shown, password: 'secret' }, headers);
        expect(status).to.equal(200);
        expect(body).to.deep.equal(shown);
      }
      const form = new URLSearchParams({ username: 'formed', password: 'secret', last_login: '' }).toString();
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      expect((await api.rest('POST', '/users/', form, { ...manager(), ...type })).status).to.equal(201);
    });
  });
});
