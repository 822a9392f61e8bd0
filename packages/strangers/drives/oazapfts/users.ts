import { expect } from 'chai';
import * as api from '../../generated/oazapfts.js';
import { basic, type Stage } from '../stage.js';
import { answered, callAs, idOf } from './client.js';

export async function driveGroups(): Promise<void> {
  const { results } = await answered(api.permissionsList({ page: 1, limit: 2 }), 200);
  const permissions = results.map(({ id }) => id);
  expect(permissions).to.have.lengthOf(2);

  const created = await answered(api.groupsCreate({ name: 'staff', permissions }), 201);
  const id = idOf(created);
  expect(created).to.deep.equal({ id, name: 'staff', permissions });
  expect(await answered(api.groupsRead(id), 200)).to.deep.equal(created);
  const renamed = await answered(api.groupsUpdate(id, { name: 'crew' }), 200);
  expect(renamed).to.deep.equal({ ...created, name: 'crew' });
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await answered(api.groupsPartialUpdate(id, { permissions: [] }), 200);
  expect(patched).to.deep.equal({ ...renamed, permissions: [] });
  const page = await answered(api.groupsList({ page: 1, limit: 1 }), 200);
  expect(page).to.deep.equal({ count: 1, next: null, previous: null, results: [patched] });
  expect(await answered(api.groupsCreate({ name: '', permissions: [0] }), 400)).to.have.keys('name', 'permissions');

  await answered(api.groupsDelete(id), 204);
  expect((await answered(api.groupsRead(id), 404)).detail).to.equal('Not found.');
}

export async function driveUsers(stage: Stage): Promise<void> {
  const group = idOf(await answered(api.groupsCreate({ name: 'staff' }), 201));
  const user = { username: 'ivan', password: 'secret', groups: [group] };
  const created = await answered(api.usersCreate(user), 201);
  expect(created).to.deep.include({ username: 'ivan', groups: [group], last_login: null, is_active: true });
  expect(created).not.to.have.property('password');
  expect(await answered(api.usersRead('ivan'), 200)).to.deep.equal(created);
  const named = { ...user, first_name: 'Ivan', email: 'ivan@example.org' };
  const updated = await answered(api.usersUpdate('ivan', named), 200);
  expect(updated).to.include({ first_name: 'Ivan', email: 'ivan@example.org' });
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await answered(api.usersPartialUpdate('ivan', { is_staff: true }), 200);
  expect(patched).to.deep.equal({ ...updated, is_staff: true });
  const page = await answered(api.usersList({ page: 2, limit: 1 }), 200);
  expect(page).to.deep.include({ count: 2, results: [patched] });
  const taken = await answered(api.usersCreate(user), 400);
  expect(taken).to.deep.equal({ username: ['A user with that username already exists.'] });
  callAs({ ...stage, authorization: basic('ivan', 'secret') });
  expect((await answered(api.usersList(), 403)).detail).to.be.a('string');
  callAs(stage);

  await answered(api.usersDelete('ivan'), 204);
  expect((await answered(api.usersRead('ivan'), 404)).detail).to.equal('Not found.');
  await answered(api.groupsDelete(group), 204);
}
