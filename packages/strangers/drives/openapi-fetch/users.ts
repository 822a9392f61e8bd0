import { expect } from 'chai';
import { basic, type Stage } from '../stage.js';
import { type Api, at, clientOf, refused, succeeded } from './client.js';

export async function driveGroups(api: Api): Promise<void> {
  const { results } = await succeeded(api.GET('/permissions/', { params: { query: { page: 1, limit: 2 } } }));
  const permissions = results.map(({ id }) => id);
  expect(permissions).to.have.lengthOf(2);

  const created = await succeeded(api.POST('/groups/', { body: { name: 'staff', permissions } }), 201);
  const params = at(created.id);
  expect(created).to.deep.equal({ id: created.id, name: 'staff', permissions });
  expect(await succeeded(api.GET('/groups/{id}/', { params }))).to.deep.equal(created);
  const renamed = await succeeded(api.PUT('/groups/{id}/', { params, body: { name: 'crew' } }));
  expect(renamed).to.deep.equal({ ...created, name: 'crew' });
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await succeeded(api.PATCH('/groups/{id}/', { params, body: { permissions: [] } }));
  expect(patched).to.deep.equal({ ...renamed, permissions: [] });
  const page = await succeeded(api.GET('/groups/', { params: { query: { page: 1, limit: 1 } } }));
  expect(page).to.deep.equal({ count: 1, next: null, previous: null, results: [patched] });
  const wrong = await refused(api.POST('/groups/', { body: { name: '', permissions: [0] } }), 400);
  expect(wrong).to.have.keys('name', 'permissions');

  await succeeded(api.DELETE('/groups/{id}/', { params }), 204);
  expect(await refused(api.GET('/groups/{id}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
}

export async function driveUsers(api: Api, stage: Stage): Promise<void> {
  const group = await succeeded(api.POST('/groups/', { body: { name: 'staff' } }), 201);
  const body = { username: 'ivan', password: 'secret', groups: [at(group.id).path.id] };
  const created = await succeeded(api.POST('/users/', { body }), 201);
  expect(created).to.deep.include({ username: 'ivan', groups: body.groups, last_login: null, is_active: true });
  expect(created).not.to.have.property('password');
  const params = { path: { username: 'ivan' } };
  expect(await succeeded(api.GET('/users/{username}/', { params }))).to.deep.equal(created);
  const named = { ...body, first_name: 'Ivan', email: 'ivan@example.org' };
  const updated = await succeeded(api.PUT('/users/{username}/', { params, body: named }));
  expect(updated).to.include({ first_name: 'Ivan', email: 'ivan@example.org' });
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await succeeded(api.PATCH('/users/{username}/', { params, body: { is_staff: true } }));
  expect(patched).to.deep.equal({ ...updated, is_staff: true });
  const page = await succeeded(api.GET('/users/', { params: { query: { page: 2, limit: 1 } } }));
  expect(page).to.deep.include({ count: 2, results: [patched] });
  const taken = await refused(api.POST('/users/', { body }), 400);
  expect(taken).to.deep.equal({ username: ['A user with that username already exists.'] });
  const ivan = clientOf({ ...stage, authorization: basic('ivan', 'secret') });
  expect(await refused(ivan.GET('/users/'), 403)).to.have.keys('detail');

  await succeeded(api.DELETE('/users/{username}/', { params }), 204);
  expect(await refused(api.GET('/users/{username}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
  await succeeded(api.DELETE('/groups/{id}/', { params: at(group.id) }), 204);
}
