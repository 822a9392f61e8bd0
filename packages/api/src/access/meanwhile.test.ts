import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import type { Call } from '../context.js';
import { ApiError } from '../errors.js';
import { refuseChange } from '../users/users.rules.js';

/*
 * Rights that are taken away while a request is on its way: when its body takes its time to come in, and when the change
 * is committed between who it is being asked and what they do.
 */
describe('who is let in, and loses it meanwhile', () => {
  let api: TestApi;
  let ids: Record<string, number>;
  before(async () => {
    api = await startApi();
    const permissions = await api.query<{ codename: string; id: number }>('SELECT codename, id FROM permissions');
    ids = Object.fromEntries(permissions.map(({ codename, id }) => [codename, id]));
  });
  after(() => api.stop());
  beforeEach(() =>
    api.rest('POST', '/users/', {
      username: 'ivan',
      password: 'secret',
      user_permissions: [ids.add_tag, ids.add_code],
    }),
  );
  afterEach(() => api.query(`DELETE FROM tags; DELETE FROM users WHERE username <> 'admin'`));

  const ivan = () => ({ authorization: api.basic('ivan', 'secret') });

  /** Sends a request whose body stops in the middle until `change` is done. */
  async function holdBack(path: string, json: string, change: () => Promise<unknown>): Promise<number> {
    const headers = { ...ivan(), 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) };
    const sent = request(`${api.origin}${path}`, { method: 'POST', headers });
    const answered = new Promise<number>((resolve, reject) => {
      sent.on('response', (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      sent.on('error', reject);
    });
    sent.write(json.slice(0, 3));
    await sleep(300);
    await change();
    sent.end(json.slice(3));
    return answered;
  }

  /** Makes the request meet a transaction that has changed the row it needs, and is committed while it waits. */
  async function during(change: string, send: () => Promise<{ status: number }>): Promise<number> {
    const { database } = api;
    let answer: Promise<{ status: number }> | undefined;
    await database.transaction(async (transaction) => {
      await database.sql(change, [], transaction);
      answer = send();
      for (;;) {
        const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        if ((await api.query(waiting)).length > 0) return;
        await sleep(20);
      }
    });
    return (await answer!).status;
  }

  for (const [face, path, body] of [
    ['REST', '/api/v1/tags/', '{"name":"vip"}'],
    ['tRPC', '/trpc/tags.create', '{"json":{"name":"vip"}}'],
  ] as const) {
    it(`changes nothing over ${face} when the rights went while the body came in`, async () => {
      const loseRights = () => api.rest('PATCH', '/users/ivan/', { user_permissions: [] });
      expect(await holdBack(path, body, loseRights)).to.equal(403);
      const loseAccess = () => api.rest('PATCH', '/users/ivan/', { is_active: false });
      await api.rest('PATCH', '/users/ivan/', { user_permissions: [ids.add_tag] });
      expect(await holdBack(path, body, loseAccess)).to.equal(401);
      expect(await api.query('SELECT 1 FROM tags')).to.have.length(0);
    });
  }

  it('gets no session with a password that is being changed', async () => {
    const login = () =>
      api.rest('POST', '/auth/login/', { username: 'ivan', password: 'secret' }, { authorization: '' });
    expect(await during(`UPDATE users SET password = 'other' WHERE username = 'ivan'`, login)).to.equal(401);
    expect(await api.query('SELECT 1 FROM sessions')).to.have.length(0);
  });

  it('gets no token when the account is being deleted', async () => {
    const create = () => api.rest('POST', '/tokens/', { name: 'shop', permissions: [] }, ivan());
    expect(await during(`DELETE FROM users WHERE username = 'ivan'`, create)).to.equal(401);
  });

  it('changes nobody else’s account, should their name have become another’s', async () => {
    const { body: anna } = await api.rest('POST', '/users/', { username: 'anna', password: 'secret' });
    const caller = { id: anna.id + 1, tokenId: null, isSuperuser: false, permissions: new Set<string>() };
    const call = { caller, deps: { database: api.database } } as unknown as Call;
    const change = api.database.transaction((transaction) =>
      refuseChange(call, anna, { email: 'mine@example.com' }, transaction),
    );
    const error = await change.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ApiError).with.property('error', 'auth.forbidden');
  });
});
