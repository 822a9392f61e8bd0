import { contract, type ProcedureContract } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const procedures = Object.entries(contract).flatMap(([resource, verbs]) =>
  Object.entries(verbs).map(([verb, procedure]): [string, ProcedureContract] => [`${resource}.${verb}`, procedure]),
);
const forbidden = { detail: 'You do not have permission to perform this action.' };
const letIn = [200, 201, 204, 400, 404, 415];

/** Made from the contract: a new procedure is tested as soon as it says what it needs. */
describe('permissions of the caller', () => {
  let api: TestApi;
  let token: string;
  before(async () => {
    api = await startApi({}, { hasJobs: true });
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    const permissions = (await api.query<{ id: string }>('SELECT id FROM permissions')).map(({ id }) => Number(id));
    token = (await api.trpc.tokens.create.mutate({ name: 'all', permissions })).token;
    await api.query(`UPDATE tokens SET user_id = (SELECT id FROM users WHERE username = 'ivan')`);
  });
  after(() => api.stop());

  /** By SQL, so callers have to be forgotten as they are when the API gives rights. */
  const permit = async (condition: string) => {
    await api.query('DELETE FROM user_permissions');
    await api.query(`
      INSERT INTO user_permissions (user_id, permission_id)
      SELECT users.id, permissions.id FROM users, permissions WHERE username = 'ivan' AND ${condition}`);
    await api.forgetCallers();
  };
  const byPassword = () => api.basic('ivan', 'secret');
  const byToken = () => `Bearer ${token}`;

  /** Of nothing that is there: whoever is let in gets a 404, or a 400 for a body that cannot be read, or a 415. */
  const overRest = ({ method, path }: ProcedureContract, authorization: string) =>
    api.rest(method, path.replace(/\{\w+\}/, 'nobody'), method === 'GET' || method === 'DELETE' ? undefined : '{', {
      authorization,
    });

  const overTrpc = async (name: string, { kind }: ProcedureContract, authorization: string): Promise<number> => {
    const input = JSON.stringify({ json: { id: 'none', username: 5, user: 5, page: 'none' } });
    const url = `${api.origin}/trpc/${name}${kind === 'query' ? `?input=${encodeURIComponent(input)}` : ''}`;
    const headers = { authorization, 'content-type': 'application/json' };
    return (await fetch(url, kind === 'query' ? { headers } : { method: 'POST', body: input, headers })).status;
  };

  for (const [name, procedure] of procedures) {
    const { needs } = procedure;

    async function expectRefused(authorization: string) {
      expect(await overRest(procedure, authorization)).to.deep.include({ status: 403, body: forbidden });
      expect(await overTrpc(name, procedure, authorization)).to.equal(403);
    }
    async function expectLetIn(authorization: string) {
      expect((await overRest(procedure, authorization)).status).to.be.oneOf(letIn);
      expect(await overTrpc(name, procedure, authorization)).to.be.oneOf(letIn);
    }

    if (needs === 'open') {
      it(`${name} needs nobody`, () => expectLetIn(''));
    } else if (needs === 'user') {
      it(`${name} needs a user without any permission, or a token`, async () => {
        await permit('false');
        await expectLetIn(byPassword());
        await expectLetIn(byToken());
      });
    } else if (needs === 'password') {
      it(`${name} needs a user without any permission, and takes no token`, async () => {
        await permit('true');
        await expectRefused(byToken());
        await permit('false');
        await expectLetIn(byPassword());
      });
    } else {
      it(`${name} needs ${needs}, of a user and of a token`, async () => {
        await permit(`codename <> '${needs}'`);
        await expectRefused(byPassword());
        await expectRefused(byToken());
        await permit(`codename = '${needs}'`);
        await expectLetIn(byPassword());
        await expectLetIn(byToken());
      });
    }
  }

  it('come from groups as well, and go at once with the group', async () => {
    await permit('false');
    const [{ id } = { id: 0 }] = (await api.trpc.permissions.list.query({})).results.filter(
      ({ codename }) => codename === 'view_tag',
    );
    const group = await api.trpc.groups.create.mutate({ name: 'readers', permissions: [id] });
    const statusOf = async (path: string) =>
      (await api.rest('GET', path, undefined, { authorization: byPassword() })).status;
    expect(await statusOf('/tags/')).to.equal(403);
    await api.rest('PATCH', '/users/ivan/', { groups: [group.id] });
    expect(await statusOf('/tags/')).to.equal(200);
    expect(await statusOf('/codes/')).to.equal(403);
    await api.rest('DELETE', `/groups/${group.id}/`);
    expect(await statusOf('/tags/')).to.equal(403);
  });
});
