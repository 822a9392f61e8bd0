import { expect } from 'chai';
import type { Stage } from '../stage.js';
import { type Api, at, clientOf, refused, succeeded } from './client.js';

export async function driveSession(api: Api, { baseUrl, fetch }: Stage): Promise<void> {
  const body = { username: 'admin', password: 'pw' };
  const signedIn = await api.POST('/auth/login/', { body, headers: { authorization: null } });
  expect(signedIn.data).to.deep.include({ username: 'admin', is_superuser: true, permissions: [] });
  const [cookie] = signedIn.response.headers.getSetCookie();
  const browser = clientOf({ baseUrl, fetch, authorization: '' });
  const headers = { cookie: cookie?.split(';')[0], origin: new URL(baseUrl).origin };
  expect(await succeeded(browser.GET('/auth/me/', { headers }))).to.deep.equal(signedIn.data);
  const changed = await succeeded(browser.PATCH('/auth/me/', { headers, body: { first_name: 'Ada' } }));
  expect(changed).to.deep.equal({ ...signedIn.data, first_name: 'Ada' });
  await succeeded(browser.POST('/auth/logout/', { headers }), 204);
  expect(await refused(browser.GET('/auth/me/', { headers }), 401)).to.have.keys('detail');
}

export async function driveTokens(api: Api, stage: Stage): Promise<void> {
  const { results } = await succeeded(api.GET('/permissions/', { params: { query: { limit: 1_000 } } }));
  const permissions = results.filter(({ codename }) => codename === 'view_tag').map(({ id }) => id as number);
  const { token, ...created } = await succeeded(api.POST('/tokens/', { body: { name: 'script', permissions } }), 201);
  expect(created).to.deep.include({ name: 'script', user: 'admin', permissions, expires_at: null });
  const program = clientOf({ ...stage, authorization: `Bearer ${token}` });
  await succeeded(program.GET('/tags/'));
  expect(await refused(program.POST('/tags/', { body: { name: 'vip' } }), 403)).to.have.keys('detail');

  const params = at(created.id);
  const used = await succeeded(api.GET('/tokens/{id}/', { params }));
  expect(used).to.deep.equal({ ...created, last_used_at: used.last_used_at });
  expect(used.last_used_at).to.be.a('string');
  expect((await succeeded(api.GET('/tokens/'))).results).to.deep.equal([used]);
  await succeeded(api.DELETE('/tokens/{id}/', { params }), 204);
  expect(await refused(program.GET('/tags/'), 401)).to.have.keys('detail');
}

export async function driveAudit(api: Api): Promise<void> {
  const query = { action: 'delete', resource: 'tokens', user: 'admin' } as const;
  const { results } = await succeeded(api.GET('/audit/', { params: { query } }));
  expect(results[0]).to.deep.include({ operation: 'tokens_delete', token: null, new: null, reason: null });
  expect(results[0]?.old).to.include({ name: 'script' });
}
