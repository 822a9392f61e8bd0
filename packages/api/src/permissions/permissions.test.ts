import { contract, nouns, verbs } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('permissions', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  it('are four for every resource of the contract, and no other', async () => {
    const resources = Object.keys(contract).filter((resource) => resource !== 'auth');
    const nouns = resources.map((resource) => resource.replace(/s$/, ''));
    const codenames = nouns.flatMap((noun) => ['add', 'change', 'delete', 'view'].map((verb) => `${verb}_${noun}`));
    const { results } = await api.trpc.permissions.list.query({});
    expect(results.map(({ codename }) => codename).sort(), 'seed them in a migration').to.deep.equal(codenames.sort());
  });

  it('have fixed ids and readable names, over REST page by page', async () => {
    const { status, body } = await api.rest('GET', '/permissions/?limit=8');
    expect(status).to.equal(200);
    expect(body.next).to.equal(`${api.origin}/api/v1/permissions/?limit=8&page=2`);
    expect(body.results).to.deep.equal([
      { id: 1, codename: 'add_client', name: 'Can add client' },
      { id: 2, codename: 'change_client', name: 'Can change client' },
      { id: 3, codename: 'delete_client', name: 'Can delete client' },
      { id: 4, codename: 'view_client', name: 'Can view client' },
      { id: 5, codename: 'add_code', name: 'Can add mobile operator code' },
      { id: 6, codename: 'change_code', name: 'Can change mobile operator code' },
      { id: 7, codename: 'delete_code', name: 'Can delete mobile operator code' },
      { id: 8, codename: 'view_code', name: 'Can view mobile operator code' },
    ]);
  });

  it('are only listed', async () => {
    const { status, headers } = await api.rest('POST', '/permissions/', { codename: 'x', name: 'x' });
    expect(status).to.equal(405);
    expect(headers.get('allow')).to.equal('GET, HEAD, OPTIONS');
    expect((await api.rest('GET', '/permissions/1/')).status).to.equal(404);
  });

  it('have the nouns and verbs of the contract', async () => {
    const { results } = await api.trpc.permissions.list.query({});
    const known = nouns.flatMap((noun) => verbs.map((verb) => `${verb}_${noun}`));
    expect(results.map(({ codename }) => codename)).to.have.members(known);
  });

  it('are not for ordinary users', async () => {
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    const headers = { authorization: api.basic('ivan', 'secret') };
    expect((await api.rest('GET', '/permissions/', undefined, headers)).status).to.equal(403);
  });
});
