import { type AuditEntry, contract, type ProcedureContract } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const mutations = Object.values(contract)
  .flatMap((verbs) => Object.values<ProcedureContract>(verbs))
  .filter(({ kind }) => kind === 'mutation');

/** A body that each kind of row is created with; what changes it follows. */
const samples: Record<string, [create: object, change: object]> = {
  clients: [
    { phone_number: '79990000001', timezone: 'UTC', tag: 1, mobile_operator_code: 1 },
    { timezone: 'Asia/Omsk' },
  ],
  codes: [{ code: '901' }, { code: '902' }],
  groups: [{ name: 'clerks', permissions: [1] }, { permissions: [1, 2] }],
  mailing: [
    {
      start_notification_date: '2099-01-01T10:00:00Z',
      end_notification_date: '2099-01-02T10:00:00Z',
      text: 'Hello',
      tags: [],
      codes: [],
    },
    { text: 'Hello again' },
  ],
  tags: [{ name: 'vip' }, { name: 'gold' }],
  tokens: [{ name: 'script', permissions: [] }, {}],
  users: [{ username: 'anna', password: 'a secret' }, { first_name: 'Анна' }],
};

describe('the audit', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/tags/', { name: 'first' });
    await api.rest('POST', '/codes/', { code: '900' });
  });
  after(() => api.stop());

  const readAudit = async (query = ''): Promise<AuditEntry[]> =>
    (await api.rest('GET', `/audit/${query}`)).body.results;
  const latest = async () => (await readAudit('?limit=1'))[0];

  /** Sends what a mutation of the contract wants, to a row of its own; and what the row was before. */
  async function perform({ method, path, operationId }: ProcedureContract) {
    const resource = path.split('/')[1]!;
    if (resource === 'auth') return performOnOwnAccount(operationId);
    if (resource === 'messages') return performOnMessage(path);
    if (operationId === 'clients_import') return performImport(path);
    if (resource === 'sending') return performOnSending(path);
    const [create, change] = samples[resource] ?? expect.fail(`give ${resource} a sample, so that its audit is tested`);
    if (method === 'POST' && !path.includes('{')) {
      const { status, body } = await api.rest('POST', path, create);
      expect(status).to.equal(201);
      return { resource, row: String(body.id) };
    }
    const { body: row } = await api.rest('POST', `/${resource}/`, create);
    const target = path.replace('{id}', row.id).replace('{username}', row.username);
    // Only what was paused can be resumed.
    if (operationId === 'mailing_resume') await api.rest('POST', `/mailing/${row.id}/pause/`);
    const bodies = { PATCH: change, PUT: { ...create, ...change }, DELETE: undefined, POST: { as: 'sent' } };
    const body = bodies[method as keyof typeof bodies];
    expect((await api.rest(method, target, body)).status).to.be.oneOf([200, 204]);
    return { resource, row: String(row.id) };
  }

  async function performImport(path: string) {
    const file = 'phone_number,timezone,mobile_operator_code,tag\n79990000002,UTC,1,1\n';
    expect((await api.rest('POST', path, file, { 'content-type': 'text/csv' })).status).to.equal(200);
    return { resource: 'clients', row: 'import' };
  }

  /** Only what was stopped can be resumed, and the other way round. */
  async function performOnSending(path: string) {
    const isStop = path === '/sending/stop/';
    await api.rest('POST', isStop ? '/sending/resume/' : '/sending/stop/', { reason: 'before' });
    expect((await api.rest('POST', path, isStop ? { reason: 'wrong text' } : {})).status).to.equal(200);
    return { resource: 'sending', row: 'all' };
  }

  /** The one mutation of messages is about an unknown one of a mailing that has run. */
  async function performOnMessage(path: string) {
    await api.query(`
      WITH m AS (
        INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at,
          first_message_id, last_message_id)
        VALUES (now() - interval '1 h', now() + interval '1 h', 'x', false, false, 'completed', now(), now(), 1, 1)
        RETURNING id),
      r AS (INSERT INTO ranges (first_id, last_id, mailing_id, done, unknown) SELECT 1, 1, id, true, 1 FROM m)
      INSERT INTO messages (id, mailing_id, client_id, status, reason) SELECT 1, id, 1, 'unknown', 'no_answer' FROM m`);
    expect((await api.rest('POST', path.replace('{id}', '1'), { as: 'sent' })).status).to.equal(200);
    return { resource: 'messages', row: '1' };
  }

  async function performOnOwnAccount(operationId: string) {
    const headers = { authorization: '', origin: api.origin };
    const login = () => api.rest('POST', '/auth/login/', { username: 'admin', password: 'pw' }, headers);
    const { headers: answered } = await login();
    const cookie = answered.get('set-cookie')!.split(';')[0]!;
    const me = await api.rest('GET', '/auth/me/', undefined, { authorization: '', cookie });
    if (operationId === 'auth_logout') await api.rest('POST', '/auth/logout/', undefined, { ...headers, cookie });
    if (operationId === 'auth_me_partial_update') await api.rest('PATCH', '/auth/me/', { last_name: 'Первый' });
    return { resource: 'users', row: String(me.body.id) };
  }

  for (const procedure of mutations) {
    it(`tells of ${procedure.operationId}`, async () => {
      const { resource, row } = await perform(procedure);
      expect(await latest()).to.deep.include({
        ...{ user: 'admin', token: null, address: '127.0.0.1', reason: null },
        ...{ operation: procedure.operationId, resource, row },
      });
      await api.query(`DELETE FROM clients; DELETE FROM users WHERE username <> 'admin'; DELETE FROM groups;
        DELETE FROM tags WHERE id > 1; DELETE FROM codes WHERE id > 1`);
    });
  }

  it('keeps what a row was created with, what of it was changed, and what was deleted', async () => {
    const { id } = (await api.rest('POST', '/tags/', { name: 'vip' })).body;
    expect(await latest()).to.deep.include({ action: 'create', old: null, new: { id, name: 'vip' } });
    await api.rest('PATCH', `/tags/${id}/`, { name: 'gold' });
    expect(await latest()).to.deep.include({ action: 'update', old: { name: 'vip' }, new: { name: 'gold' } });
    await api.rest('DELETE', `/tags/${id}/`);
    expect(await latest()).to.deep.include({ action: 'delete', old: { id, name: 'gold' }, new: null });
  });

  it('tells of rights that were given', async () => {
    const { id } = (await api.rest('POST', '/groups/', { name: 'clerks', permissions: [1] })).body;
    await api.rest('PATCH', `/groups/${id}/`, { permissions: [1, 2] });
    expect(await latest()).to.deep.include({ old: { permissions: [1] }, new: { permissions: [1, 2] } });
    await api.rest('POST', '/users/', { username: 'ivan', password: 'a secret' });
    await api.rest('PATCH', '/users/ivan/', { is_superuser: true, groups: [id] });
    expect(await latest()).to.deep.include({
      old: { is_superuser: false, groups: [] },
      new: { is_superuser: true, groups: [id] },
    });
  });

  it('tells that a password was changed, but neither what it was nor what it is', async () => {
    await api.rest('POST', '/users/', { username: 'olga', password: 'first secret' });
    await api.rest('PATCH', '/users/olga/', { password: 'second secret' });
    expect(await latest()).to.deep.include({ old: {}, new: { password: 'changed' } });
    const [{ told } = { told: '' }] = await api.query<{ told: string }>(
      'SELECT string_agg(audit::text, chr(10)) AS told FROM audit',
    );
    expect(told).not.to.match(/secret|argon2|showroom_|sha256/);
  });

  describe('keeps the id of the user beside the name', () => {
    const headers = () => ({ authorization: api.basic('masha', 'pw') });
    let masha: number;
    beforeEach(async () => {
      masha = (await api.rest('POST', '/users/', { username: 'masha', password: 'pw', user_permissions: [] })).body.id;
    });
    afterEach(() => api.query(`DELETE FROM users WHERE username IN ('masha', 'maria')`));

    it('of who changes something, under whatever name', async () => {
      await api.rest('PATCH', '/users/masha/', { first_name: 'Mariya' }, headers());
      await api.rest('PATCH', '/users/masha/', { username: 'maria' });
      await api.rest('PATCH', '/users/maria/', { first_name: 'Maria' }, { authorization: api.basic('maria', 'pw') });
      const entries = await readAudit(`?user_id=${masha}`);
      expect(entries.map(({ user, user_id }) => [user, user_id])).to.deep.equal([
        ['maria', masha],
        ['masha', masha],
      ]);
    });

    it('of who signs in, is refused, or tries a wrong password', async () => {
      await api.rest('POST', '/auth/login/', { username: 'masha', password: 'pw' }, { authorization: '' });
      await api.rest('GET', '/clients/', undefined, headers());
      await api.rest('GET', '/clients/', undefined, { authorization: api.basic('masha', 'wrong') });
      const entries = await readAudit(`?user_id=${masha}`);
      expect(entries.map(({ action, reason }) => [action, reason])).to.deep.equal([
        ['refuse', 'auth.failed'],
        ['refuse', 'auth.forbidden'],
        ['login', null],
      ]);
    });

    it('but of nobody for a name that nobody has, and for entries by the server or from before', async () => {
      await api.rest('GET', '/clients/', undefined, { authorization: api.basic('masha?', 'wrong') });
      await api.query(`INSERT INTO audit (action, username, address, operation, resource)
        VALUES ('create', 'server', '', 'start', 'users')`);
      const entries = await readAudit('?limit=2');
      expect(entries.map(({ user, user_id }) => [user, user_id])).to.deep.equal([
        ['server', null],
        ['masha?', null],
      ]);
    });

    it('when the user is deleted, too', async () => {
      await api.rest('PATCH', '/users/masha/', { first_name: 'Mariya' }, headers());
      await api.rest('DELETE', '/users/masha/');
      expect(await readAudit(`?user_id=${masha}`)).to.have.length(1);
      expect((await api.rest('GET', '/audit/?user_id=x')).status).to.equal(400);
    });
  });

  it('names the token that a program called with', async () => {
    const permissions = (await api.trpc.permissions.list.query({ limit: 100 })).results
      .filter(({ codename }) => codename === 'add_tag')
      .map(({ id }) => id);
    const { id, token } = await api.trpc.tokens.create.mutate({ name: 'script', permissions });
    await api.rest('POST', '/tags/', { name: 'by a program' }, { authorization: `Bearer ${token}` });
    expect(await latest()).to.include({ operation: 'tags_create', user: 'admin', token: id });
    await api.rest('DELETE', '/tags/1/', undefined, { authorization: `Bearer ${token}` });
    expect(await latest()).to.include({
      action: 'refuse',
      operation: 'tags_delete',
      token: id,
      reason: 'auth.forbidden',
    });
  });

  it('is silent about what changed nothing, and about what failed', async () => {
    const before = await latest();
    await api.rest('PATCH', '/tags/1/', { name: 'first' });
    await api.rest('POST', '/tags/', { name: 'first' });
    await api.rest('POST', '/tags/', { name: '' });
    await api.rest('DELETE', '/tags/999/');
    expect(await latest()).to.deep.equal(before);
  });

  it('is written with the change, or neither is', async () => {
    await api.query('ALTER TABLE audit ADD CONSTRAINT broken CHECK (false) NOT VALID');
    try {
      const { tags, codes, users, tokens } = api.trpc;
      for (const change of [
        () => tags.create.mutate({ name: 'unseen' }),
        () => tags.partialUpdate.mutate({ id: 1, name: 'unseen' }),
        () => codes.delete.mutate({ id: 1 }),
        () => users.create.mutate({ username: 'unseen', password: 'pw' }),
        () => tokens.create.mutate({ name: 'unseen', permissions: [] }),
      ]) {
        const error = await change().catch((thrown) => thrown);
        expect(error.data, String(change)).to.include({ httpStatus: 500 });
      }
    } finally {
      await api.query('ALTER TABLE audit DROP CONSTRAINT broken');
    }
    const [left] = await api.query(`
      SELECT (SELECT name FROM tags WHERE id = 1) AS tag, (SELECT count(*)::int FROM codes WHERE id = 1) AS codes,
        (SELECT count(*)::int FROM tags WHERE name = 'unseen') + (SELECT count(*)::int FROM users WHERE username = 'unseen')
        + (SELECT count(*)::int FROM tokens WHERE name = 'unseen') AS unseen`);
    expect(left).to.deep.equal({ tag: 'first', codes: 1, unseen: 0 });
  });

  it('writes one row a minute for a program that is refused again and again', async () => {
    await api.rest('POST', '/users/', { username: 'curious', password: 'pw' });
    for (let i = 0; i < 5; i++) {
      await api.rest('GET', '/clients/', undefined, { authorization: api.basic('curious', 'pw') });
    }
    expect(await readAudit('?user=curious')).to.have.length(1);
  });

  it('holds no token that somebody gave as a username', async () => {
    const secret = `showroom_${'s3cret-'.repeat(6)}`;
    for (const username of [secret, `${secret}:`, ` ${secret}`]) {
      await api.rest('GET', '/tags/', undefined, { authorization: api.basic(username, 'x') });
      expect((await latest())!.user.trim()).to.equal('showroom_…');
    }
  });

  it('takes odd usernames that somebody tried', async () => {
    for (const username of ['x'.repeat(5_000), '\u{1F600}'.repeat(100), 'a\u202Eb', '']) {
      const answer = await api.rest('GET', '/tags/', undefined, { authorization: api.basic(username, 'wrong') });
      expect(answer.status).to.equal(401);
      expect((await latest())!.user).to.equal(username.slice(0, 150));
    }
  });

  describe('is filtered', () => {
    before(async () => {
      await api.query('DELETE FROM audit');
      await api.rest('POST', '/users/', { username: 'boris', password: 'pw' });
      const { id } = (await api.rest('POST', '/tags/', { name: 'filtered' })).body;
      await api.rest('DELETE', `/tags/${id}/`);
      await api.rest('GET', '/tags/', undefined, { authorization: api.basic('boris', 'pw') });
      await api.query(`
        UPDATE audit SET at = timestamptz '2026-01-01T00:00:00Z' + n * interval '1 day',
          row_id = CASE resource WHEN 'tags' THEN '5' END
        FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM audit) numbered WHERE numbered.id = audit.id`);
    });

    for (const [query, operations] of [
      ['', ['tags_list', 'tags_delete', 'tags_create', 'users_create']],
      ['?user=boris', ['tags_list']],
      ['?user=nobody', []],
      ['?action=delete', ['tags_delete']],
      ['?resource=tags&row=5', ['tags_list', 'tags_delete', 'tags_create']],
      ['?resource=users', ['users_create']],
      ['?since=2026-01-02T00:00:00Z&until=2026-01-04T00:00:00Z', ['tags_delete', 'tags_create']],
      ['?since=2026-01-04T00:00:00Z', ['tags_list']],
      ['?limit=1&page=2', ['tags_delete']],
    ] as const) {
      it(`by ${query || 'nothing'}`, async () => {
        expect((await readAudit(query)).map(({ operation }) => operation)).to.deep.equal(operations);
      });
    }

    it('by nothing that is no filter', async () => {
      for (const query of ['?action=steal', '?since=yesterday']) {
        expect((await api.rest('GET', `/audit/${query}`)).status, query).to.equal(400);
      }
    });
  });

  it('is changed by nobody', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      expect((await api.rest(method, '/audit/', {})).status, method).to.equal(405);
    }
  });
});
