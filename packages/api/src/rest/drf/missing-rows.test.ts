import { contract, type ProcedureContract } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const procedures = Object.values(contract).flatMap((verbs) => Object.values<ProcedureContract>(verbs));
const takesBody = ({ method }: ProcedureContract) => method !== 'GET' && method !== 'DELETE';
const ofRows = procedures.filter(({ path }) => path.includes('{'));
const notFound = { status: 404, body: { detail: 'Not found.' } };

/** Nobody may do more here than the request needs: who changes rows need not be allowed to read them. */
describe('a row that is not there', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({}, { hasJobs: true });
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  const ivan = () => ({ authorization: api.basic('ivan', 'secret') });
  const permit = async (codename: string) => {
    await api.query('DELETE FROM user_permissions');
    await api.query(`
      INSERT INTO user_permissions (user_id, permission_id)
      SELECT users.id, permissions.id FROM users, permissions WHERE username = 'ivan' AND codename = '${codename}'`);
    await api.forgetCallers();
    await api.query('DELETE FROM audit');
  };
  const audited = () => api.query('SELECT operation, reason FROM audit');

  for (const procedure of ofRows.filter(({ needs }) => needs !== 'password')) {
    const { operationId, method, needs, path } = procedure;
    it(`is a 404 of ${operationId} before the body is read, and nothing else is recorded`, async () => {
      await permit(needs);
      const missing = path.replace('{id}', '999999').replace('{username}', 'nobody');
      const type = { 'content-type': 'text/plain' };
      expect(await api.rest(method, missing, undefined, ivan()), 'without a body').to.deep.include(notFound);
      if (takesBody(procedure)) {
        expect(await api.rest(method, missing, '{', ivan()), 'broken JSON').to.deep.include(notFound);
        expect(await api.rest(method, missing, '[]', ivan()), 'a list').to.deep.include(notFound);
        expect(await api.rest(method, missing, 'x', { ...ivan(), ...type }), 'text').to.deep.include(notFound);
        expect(await api.rest(method, missing, { as: 5, name: '' }, ivan()), 'values').to.deep.include(notFound);
      }
      expect(await audited()).to.deep.equal([]);
    });

    it(`is a 403 of ${operationId} without the permission, whether it is there or not`, async () => {
      await permit('view_provider');
      const rows = [path.replace('{id}', '999999').replace('{username}', 'nobody')];
      rows.push(path.replace('{id}', '1').replace('{username}', 'admin'));
      for (const row of rows) {
        const answer = await api.rest(method, row, takesBody(procedure) ? '{' : undefined, ivan());
        expect(answer.status, row).to.equal(403);
      }
      const kinds = [...new Set((await audited()).map((row) => JSON.stringify(row)))];
      expect(kinds.length, 'nothing but this call is recorded').to.be.at.most(1);
      if (kinds[0]) expect(JSON.parse(kinds[0])).to.deep.equal({ operation: operationId, reason: 'auth.forbidden' });
    });
  }

  it('is told from one that is there, whose body is refused', async () => {
    const { body: tag } = await api.rest('POST', '/tags/', { name: 'vip' });
    await permit('change_tag');
    for (const method of ['PUT', 'PATCH']) {
      expect((await api.rest(method, `/tags/${tag.id}/`, { name: '' }, ivan())).status).to.equal(400);
      expect((await api.rest(method, `/tags/${tag.id}/`, '{', ivan())).status).to.equal(400);
      const type = { 'content-type': 'text/plain' };
      expect((await api.rest(method, `/tags/${tag.id}/`, 'x', { ...ivan(), ...type })).status).to.equal(415);
    }
    expect(await audited(), 'nobody asked to read it').to.deep.equal([]);
  });

  it('is not one’s own account, whose body is refused', async () => {
    await permit('view_provider');
    expect((await api.rest('PATCH', '/users/ivan/', { email: 'bad' }, ivan())).status).to.equal(400);
    expect((await api.rest('PATCH', '/users/ivan/', '{', ivan())).status).to.equal(400);
    expect(await audited()).to.deep.equal([]);
  });

  it('takes nothing, as OPTIONS tells, and one that is there does', async () => {
    const { body: code } = await api.rest('POST', '/codes/', { code: '900' });
    expect((await api.rest('OPTIONS', `/codes/${code.id}/`)).body.actions).to.have.keys('PUT');
    expect((await api.rest('OPTIONS', '/codes/999999/')).body).not.to.have.property('actions');
    expect((await api.rest('OPTIONS', '/users/admin/')).body.actions).to.have.keys('PUT');
    expect((await api.rest('OPTIONS', '/users/nobody/')).body).not.to.have.property('actions');
  });
});
