import { contract, type ProcedureContract } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const procedures = Object.entries(contract).flatMap(([resource, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]): [string, ProcedureContract] => [`${resource}.${verb}`, procedure]),
);
const forbidden = { detail: 'You do not have permission to perform this action.' };

/** Made from the contract: a new procedure is tested as soon as it says what it needs. */
describe('permissions of the caller', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  const permit = async (condition: string) => {
    await api.query('DELETE FROM user_permissions');
    await api.query(`
      INSERT INTO user_permissions (user_id, permission_id)
      SELECT users.id, permissions.id FROM users, permissions WHERE username = 'ivan' AND ${condition}`);
  };
  const headers = () => ({ authorization: api.basic('ivan', 'secret') });

  /** Of nothing that is there: whoever is let in gets a 200, 400 or 404. */
  const overRest = ({ method, path }: ProcedureContract) =>
    api.rest(
      method,
      path.replace(/\{\w+\}/, 'nobody'),
      method === 'GET' || method === 'DELETE' ? undefined : '{',
      headers(),
    );

  const overTrpc = async (name: string, { kind }: ProcedureContract): Promise<number> => {
    const input = JSON.stringify({ json: { id: 'none', username: 5, user: 5 } });
    const url = `${api.origin}/trpc/${name}${kind === 'query' ? `?input=${encodeURIComponent(input)}` : ''}`;
    const post = { method: 'POST', body: input, headers: { ...headers(), 'content-type': 'application/json' } };
    return (await fetch(url, kind === 'query' ? { headers: headers() } : post)).status;
  };

  for (const [name, procedure] of procedures) {
    const { needs, onlySuperusers } = procedure;

    it(`${name} needs ${onlySuperusers ? 'a superuser' : needs}`, async () => {
      await permit(`codename <> '${needs}'`);
      expect(await overRest(procedure)).to.deep.include({ status: 403, body: forbidden });
      expect(await overTrpc(name, procedure)).to.equal(403);

      await permit(onlySuperusers ? 'true' : `codename = '${needs}'`);
      const statuses = [(await overRest(procedure)).status, await overTrpc(name, procedure)];
      for (const status of statuses) {
        if (onlySuperusers) expect(status).to.equal(403);
        else expect(status).to.be.oneOf([200, 400, 404]);
      }
    });
  }

  it('come from groups as well, and go at once with the group', async () => {
    await permit('false');
    const [{ id } = { id: 0 }] = (await api.trpc.permissions.list.query({})).results.filter(
      ({ codename }) => codename === 'view_tag',
    );
    const group = await api.trpc.groups.create.mutate({ name: 'readers', permissions: [id] });
    const statusOf = async (path: string) => (await api.rest('GET', path, undefined, headers())).status;
    expect(await statusOf('/tags/')).to.equal(403);
    await api.rest('PATCH', '/users/ivan/', { groups: [group.id] });
    expect(await statusOf('/tags/')).to.equal(200);
    expect(await statusOf('/codes/')).to.equal(403);
    await api.rest('DELETE', `/groups/${group.id}/`);
    expect(await statusOf('/tags/')).to.equal(403);
  });
});
