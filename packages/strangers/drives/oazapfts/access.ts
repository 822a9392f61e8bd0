import { expect } from 'chai';
import * as api from '../../generated/oazapfts.js';
import type { Stage } from '../stage.js';
import { answered, callAs, idOf } from './client.js';

export async function driveSession(stage: Stage): Promise<void> {
  callAs({ ...stage, authorization: '' });
  const signedIn = await api.authLogin({ username: 'admin', password: 'pw' });
  const me = await answered(Promise.resolve(signedIn), 200);
  expect(me).to.deep.include({ username: 'admin', is_superuser: true, permissions: [] });
  const [cookie] = signedIn.headers.getSetCookie();
  const headers = { cookie: cookie?.split(';')[0] ?? '', origin: new URL(stage.baseUrl).origin };
  expect(await answered(api.authMe({ headers }), 200)).to.deep.equal(me);
  const changed = await answered(api.authMePartialUpdate({ first_name: 'Ada' }, { headers }), 200);
  expect(changed).to.deep.equal({ ...me, first_name: 'Ada' });
  await answered(api.authLogout({ headers }), 204);
  expect((await answered(api.authMe({ headers }), 401)).detail).to.be.a('string');
  callAs(stage);
}

export async function driveTokens(): Promise<void> {
  const { results } = await answered(api.permissionsList({ limit: 1_000 }), 200);
  const permissions = results.filter(({ codename }) => codename === 'view_tag').map(idOf);
  const { token, ...created } = await answered(api.tokensCreate({ name: 'script', permissions }), 201);
  expect(created).to.deep.include({ name: 'script', user: 'admin', permissions, expires_at: null });
  const headers = { authorization: `Bearer ${token}` };
  await answered(api.tagsList({}, { headers }), 200);
  expect((await answered(api.tagsCreate({ name: 'vip' }, { headers }), 403)).detail).to.be.a('string');

  const id = idOf(created);
  const used = await answered(api.tokensRead(id), 200);
  expect(used).to.deep.equal({ ...created, last_used_at: used.last_used_at });
  expect(used.last_used_at).to.be.a('string');
  expect((await answered(api.tokensList(), 200)).results).to.deep.equal([used]);
  await answered(api.tokensDelete(id), 204);
  expect((await answered(api.tagsList({}, { headers }), 401)).detail).to.be.a('string');
}

export async function driveAudit(): Promise<void> {
  const { results } = await answered(api.auditList({ action: 'delete', resource: 'tokens', user: 'admin' }), 200);
  expect(results[0]).to.deep.include({ operation: 'tokens_delete', token: null, new: null, reason: null });
  expect(results[0]?.old).to.include({ name: 'script' });
}
