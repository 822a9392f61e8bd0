import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const client = { phone_number: '79000000001', timezone: 'UTC', tag: 1, mobile_operator_code: 1 };
const mailing = {
  tags: ['vip'],
  codes: [],
  start_notification_date: '2099-01-01T10:00:00Z',
  end_notification_date: '2099-01-02T10:00:00Z',
  text: 'hello',
};
const reused = {
  status: 409,
  body: { detail: 'This Idempotency-Key was used with another body within the last 24 hours. Use a new key.' },
};

describe('a call with an Idempotency-Key', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  beforeEach(async () => {
    await api.query('TRUNCATE tags, codes, clients, mailings, idempotency_keys, audit RESTART IDENTITY CASCADE');
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
  });

  const send = (path: string, body: object | string, key: string, headers: Record<string, string> = {}) =>
    api.rest('POST', path, body, { 'idempotency-key': key, ...headers });
  const countOf = async (table: string) => (await api.query(`SELECT 1 FROM ${table}`)).length;

  it('answers the same microseconds again', async () => {
    const body = { ...mailing, start_notification_date: '2099-01-01T10:00:00.123456Z' };
    const first = await send('/mailing/', body, 'a');
    expect(first.body.start_notification_date).to.equal(body.start_notification_date);
    expect((await send('/mailing/', body, 'a')).body).to.deep.equal(first.body);
  });

  for (const [path, body, table, change] of [
    ['/clients/', client, 'clients', { timezone: 'Asia/Omsk' }],
    ['/mailing/', mailing, 'mailings', { text: 'bye' }],
  ] as const) {
    describe(`to ${path}`, () => {
      it('is answered the same when it comes again, and creates one row', async () => {
        const first = await send(path, body, 'a');
        const second = await send(path, body, 'a');
        expect(first.status).to.equal(201);
        expect({ ...second, headers: null }).to.deep.equal({ ...first, headers: null });
        expect(await countOf(table)).to.equal(1);
      });

      it('is answered the same whatever has become of the row since', async () => {
        const first = await send(path, body, 'a');
        await api.rest('PATCH', `${path}${first.body.id}/`, change);
        expect((await send(path, body, 'a')).body).to.deep.equal(first.body);
        await api.rest('DELETE', `${path}${first.body.id}/`);
        await api.rest('DELETE', '/tags/1/');
        expect((await send(path, body, 'a')).body).to.deep.equal(first.body);
      });

      it('is refused with another body, and creates nothing', async () => {
        await send(path, body, 'a');
        expect(await send(path, { ...body, ...change }, 'a')).to.deep.include(reused);
        expect(await countOf(table)).to.equal(1);
      });

      it('creates one row and is answered alike when it comes twenty times at once', async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, () => send(path, body, 'a')));
        expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).to.equal(1);
        expect(answers[0]!.status).to.equal(201);
        expect(await countOf(table)).to.equal(1);
        const { body: audit } = await api.rest('GET', `/audit/?action=create&resource=${path.split('/')[1]}`);
        expect(audit.count).to.equal(1);
      });

      it('creates one row of two different bodies at once', async () => {
        const bodies = [body, { ...body, ...change }];
        const answers = await Promise.all(bodies.map((each) => send(path, each, 'a')));
        expect(answers.map(({ status }) => status).sort()).to.deep.equal([201, 409]);
        expect(await countOf(table)).to.equal(1);
      });

      it('without one creates a row each time', async () => {
        for (let n = 0; n < 2; n++) await api.rest('POST', path, body);
        await send(path, body, 'a');
        await send(path, body, 'b');
        expect(await countOf(table)).to.equal(4);
      });

      it('that was refused keeps none: it may be mended and sent again', async () => {
        expect(
          (await send(path, { ...body, ...(path === '/clients/' ? { tag: 9 } : { tags: ['x'] }) }, 'a')).status,
        ).to.equal(400);
        expect((await send(path, body, 'a')).status).to.equal(201);
      });
    });
  }

  it('is new again after 24 hours, and old keys are forgotten', async () => {
    await send('/clients/', client, 'a');
    await send('/clients/', client, 'b');
    await api.query(`UPDATE idempotency_keys SET created_at = created_at - interval '24 hours 1 second'`);
    expect((await send('/clients/', { ...client, timezone: 'Asia/Omsk' }, 'a')).status).to.equal(201);
    expect(await countOf('idempotency_keys')).to.equal(1);
    expect(await countOf('clients')).to.equal(3);
  });

  it('is one user’s own, and one operation’s', async () => {
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret', is_superuser: true });
    const asIvan = { authorization: api.basic('ivan', 'secret') };
    const ids = [
      (await send('/clients/', client, 'a')).body.id,
      (await send('/clients/', client, 'a', asIvan)).body.id,
      (await send('/mailing/', mailing, 'a')).status,
    ];
    expect(ids).to.deep.equal([1, 2, 201]);
    await api.query(`DELETE FROM users WHERE username = 'ivan'`);
  });

  it('needs the permission as ever', async () => {
    await send('/clients/', client, 'a');
    await api.rest('POST', '/users/', { username: 'anna', password: 'secret' });
    const { status } = await send('/clients/', client, 'a', { authorization: api.basic('anna', 'secret') });
    expect(status).to.equal(403);
  });

  for (const key of ['with space', 'x'.repeat(256), 'a\tb']) {
    it(`is refused when the key is none: ${key.slice(0, 12)}`, async () => {
      expect(await send('/clients/', client, key)).to.deep.include({
        status: 400,
        body: { detail: 'The Idempotency-Key must be 1 to 255 visible ASCII characters.' },
      });
      expect(await countOf('clients')).to.equal(0);
    });
  }

  it('is kept over tRPC too, with its dates as dates', async () => {
    const call = async () => {
      const response = await fetch(`${api.origin}/trpc/mailing.create`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: api.basic('admin', 'pw'),
          'idempotency-key': 'a',
        },
        body: JSON.stringify({
          json: mailing,
          meta: { values: { start_notification_date: ['Date'], end_notification_date: ['Date'] } },
        }),
      });
      // biome-ignore lint/suspicious/noExplicitAny: tRPC's envelope
      return (await response.json()) as any;
    };
    const first = await call();
    expect(first.result.data.meta.values).to.have.property('start_notification_date');
    expect(await call()).to.deep.equal(first);
    expect(await countOf('mailings')).to.equal(1);
  });

  it('leaves neither row nor key when the transaction fails', async () => {
    await api.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
      CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON clients DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`);
    const failed = await fetch(`${api.origin}/trpc/clients.create`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: api.basic('admin', 'pw'), 'idempotency-key': 'a' },
      body: JSON.stringify({ json: client }),
    });
    expect(failed.status).to.equal(500);
    await api.query('DROP TRIGGER fail ON clients; DROP FUNCTION fail');
    expect(await countOf('idempotency_keys')).to.equal(0);
    expect((await send('/clients/', client, 'a')).status).to.equal(201);
  });
});
