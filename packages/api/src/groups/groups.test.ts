import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('groups', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  beforeEach(() => api.query('DELETE FROM groups'));

  it('live through create, read, update, list and delete over REST', async () => {
    const created = await api.rest('POST', '/groups/', { name: ' editors ', permissions: [2, 1, '2'] });
    expect(created.status).to.equal(201);
    expect(created.body).to.deep.equal({ id: created.body.id, name: 'editors', permissions: [1, 2] });
    const path = `/groups/${created.body.id}/`;
    expect((await api.rest('GET', path)).body).to.deep.equal(created.body);
    const updated = await api.rest('PUT', path, { name: 'writers', permissions: [3] });
    expect(updated).to.deep.include({ status: 200, body: { ...created.body, name: 'writers', permissions: [3] } });
    expect((await api.rest('GET', '/groups')).body).to.deep.equal({
      count: 1,
      next: null,
      previous: null,
      results: [updated.body],
    });
    expect((await api.rest('DELETE', path)).status).to.equal(204);
    expect((await api.rest('GET', path)).body).to.deep.equal({ detail: 'Not found.' });
    expect((await api.rest('PATCH', path, {})).status).to.equal(404);
    expect((await api.rest('DELETE', path)).status).to.equal(404);
  });

  it('live through the same over tRPC', async () => {
    const { groups } = api.trpc;
    const created = await groups.create.mutate({ name: 'editors' });
    expect(created.permissions).to.deep.equal([]);
    const updated = await groups.update.mutate({ id: created.id, name: 'writers', permissions: [4, 4] });
    expect(updated).to.deep.equal({ id: created.id, name: 'writers', permissions: [4] });
    expect(await groups.read.query({ id: created.id })).to.deep.equal(updated);
    await groups.delete.mutate({ id: created.id });
    expect((await groups.list.query({})).results).to.deep.equal([]);
    const missing = await groups.read.query({ id: created.id }).catch((thrown) => thrown);
    expect(missing.data).to.include({ httpStatus: 404, error: 'group.not_found' });
  });

  it('keep their permissions when a change leaves them out, and lose them to an empty list', async () => {
    const { body: group } = await api.rest('POST', '/groups/', { name: 'editors', permissions: [1, 2] });
    const path = `/groups/${group.id}/`;
    expect((await api.rest('PUT', path, { name: 'writers' })).body.permissions).to.deep.equal([1, 2]);
    expect((await api.rest('PATCH', path, {})).body.name).to.equal('writers');
    expect((await api.rest('PATCH', path, { permissions: [] })).body.permissions).to.deep.equal([]);
  });

  it('show each its own permissions on a page', async () => {
    await api.trpc.groups.create.mutate({ name: 'a', permissions: [1] });
    await api.trpc.groups.create.mutate({ name: 'b' });
    await api.trpc.groups.create.mutate({ name: 'c', permissions: [3, 1] });
    const { results } = await api.trpc.groups.list.query({});
    expect(results.map(({ permissions }) => permissions)).to.deep.equal([[1], [], [1, 3]]);
  });

  it('change wholly or not at all when a permission is not there', async () => {
    const unknown = { permissions: ['Invalid pk "999999" - object does not exist.'] };
    const { body: group } = await api.rest('POST', '/groups/', { name: 'editors', permissions: [1] });
    const change = { name: 'writers', permissions: [2, 999_999] };
    expect(await api.rest('POST', '/groups/', change)).to.deep.include({ status: 400, body: unknown });
    expect(await api.rest('PUT', `/groups/${group.id}/`, change)).to.deep.include({ status: 400, body: unknown });
    expect((await api.rest('GET', '/groups/')).body.results).to.deep.equal([group]);
    const refused = await api.trpc.groups.create.mutate(change).catch((thrown) => thrown);
    expect(refused.data.fields).to.deep.equal([
      { path: ['permissions', 1], message: 'There is no row with the id 999999.' },
    ]);
  });

  it('refuse a name that is taken, on create and on change', async () => {
    const { groups } = api.trpc;
    await groups.create.mutate({ name: 'a' });
    const b = await groups.create.mutate({ name: 'b' });
    for (const write of [groups.create.mutate({ name: 'a' }), groups.partialUpdate.mutate({ id: b.id, name: 'a' })]) {
      const refused = await write.catch((thrown) => thrown);
      expect(refused.data.fields).to.deep.equal([{ path: ['name'], message: 'There is a group with this name.' }]);
    }
    expect((await groups.update.mutate({ id: b.id, name: 'b' })).name).to.equal('b');
  });

  for (const [what, body, errors] of [
    ['no name', {}, { name: ['This field is required.'] }],
    ['a blank name', { name: ' ' }, { name: ['This field may not be blank.'] }],
    [
      'a name that is too long',
      { name: 'x'.repeat(151) },
      { name: ['Ensure this field has no more than 150 characters.'] },
    ],
    [
      'permissions that are no list',
      { name: 'a', permissions: 1 },
      { permissions: ['Expected a list of items but got type "int".'] },
    ],
    [
      'a permission that is no id',
      { name: 'a', permissions: ['x'] },
      { permissions: ['Incorrect type. Expected pk value, received str.'] },
    ],
  ] as const) {
    it(`refuse ${what}`, async () => {
      expect(await api.rest('POST', '/groups/', body)).to.deep.include({ status: 400, body: errors });
    });
  }

  it('take many changes of one group at once', async () => {
    const { id } = await api.trpc.groups.create.mutate({ name: 'a' });
    const changes = Array.from({ length: 8 }, () => api.rest('PATCH', `/groups/${id}/`, { permissions: [1, 2, 3] }));
    expect((await Promise.all(changes)).map(({ status }) => status)).to.deep.equal(Array(8).fill(200));
  });

  it('are not for ordinary users', async () => {
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    const headers = { authorization: api.basic('ivan', 'secret') };
    expect((await api.rest('GET', '/groups/', undefined, headers)).status).to.equal(403);
    expect((await api.rest('POST', '/groups/', { name: 'a' }, headers)).status).to.equal(403);
  });
});
