import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';

interface Counts {
  requests: number;
  accepted: number;
  last_at: string;
  unique: number;
  duplicates: number;
  after_end: number;
}

const mongodbUrl = process.env.MONGODB_URL;
const authorization = `Basic ${Buffer.from('admin:pw').toString('base64')}`;

/** Server, two workers and the probe as processes of their own, as in production. */
function testMailings(store: string, jobStore: () => Record<string, string>): void {
  describe(`mailings, end to end, with jobs in ${store}`, function () {
    this.timeout(60_000);
    let database: TestDatabase;
    let server: TestProcess;
    let probe: TestProcess;
    let workers: TestProcess[];
    let origin: string;
    let probeUrl: string;
    let workerEnvironment: Record<string, string>;

    before(async () => {
      database = await createTestDatabase({ empty: true });
      const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'warn', ...jobStore() };
      probe = startApp('apps/probe/dist/main.js', { PORT: '0', PROBE_TOKEN: 'token' });
      server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
      probeUrl = String((await probe.ready()).url);
      workerEnvironment = { ...environment, PROVIDER_URL: probeUrl, PROVIDER_TOKEN: 'token', SEND_CONCURRENCY: '32' };
      workers = [startWorker(), startWorker()];
      origin = String((await server.ready()).url);
      await Promise.all(workers.map((worker) => worker.ready()));
      await database.query(`INSERT INTO tags (name) VALUES ('vip'), ('new')`);
      await database.query(`INSERT INTO codes (code) VALUES ('900')`);
      await database.query(`INSERT INTO clients (phone_number, timezone, code_id, tag_id)
        SELECT 79000000000 + n, 'UTC', (SELECT id FROM codes), (SELECT min(id) FROM tags) + n % 2 FROM generate_series(1, 6000) n`);
    });
    after(async () => {
      const codes = await Promise.all([server, probe, ...workers].map((each) => each.stop()));
      await database.drop();
      expect(codes.slice(0, 2), 'an orderly end').to.deep.equal([0, 0]);
    });
    beforeEach(async () => {
      await fetch(`${probeUrl}/messages`, { method: 'DELETE' });
      await fetch(`${probeUrl}/faults`, { method: 'DELETE' });
    });

    const startWorker = () => startApp('apps/worker/dist/main.js', workerEnvironment);
    const counts = async () => (await (await fetch(`${probeUrl}/counts`)).json()) as Counts;
    const setFaults = (faults: object) =>
      fetch(`${probeUrl}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      });

    async function rest(method: string, path: string, body?: object) {
      const headers = { authorization, 'content-type': 'application/json' };
      const response = await fetch(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
      // biome-ignore lint/suspicious/noExplicitAny: the shapes are what is being tested
      return (response.status === 204 ? null : await response.json()) as any;
    }
    const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
    const create = (change: object) =>
      rest('POST', '/mailing/', {
        tags: ['vip'],
        codes: [],
        start_notification_date: inMs(-1_000),
        end_notification_date: inMs(60_000),
        text: 'hello',
        ...change,
      });
    const ended = (id: number) =>
      waitFor(
        async () => {
          const statistic = await rest('GET', `/statistic/${id}/`);
          const isOver = ['completed', 'expired', 'canceled'].includes(statistic.status);
          return isOver && statistic.messages.pending === 0 ? statistic : null;
        },
        { timeoutMs: 45_000, what: `the end of mailing ${id}` },
      );

    it('asks every matching client once and nobody else, and agrees with the provider', async () => {
      const { id } = await create({ text: 'Привет' });
      const statistic = await ended(id);
      expect(statistic).to.deep.include({ status: 'completed' });
      expect(statistic.messages).to.include({ total: 3_000, sent: 3_000, pending: 0 });
      expect(await counts()).to.include({ accepted: 3_000, unique: 3_000, duplicates: 0 });
      expect((await rest('GET', `/messages/?mailing_list=${id}&status=sent&limit=1`)).count).to.equal(3_000);
    });

    it('asks nobody with a number that breaks the rule, and says so', async () => {
      const old = ['07700900123', '+7900', '7,90:0', ''];
      await database.query(`INSERT INTO tags (id, name) VALUES (90, 'old')`);
      await database.query(
        `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
         SELECT number, 'UTC', (SELECT id FROM codes), 90 FROM unnest($1::text[]) AS number`,
        [[...old, '79009009000']],
      );
      for (const window of [{}, { send_window_start: '00:00', send_window_end: '23:59' }]) {
        const { id } = await create({ tags: ['old'], ...window });
        expect((await rest('GET', `/mailing/${id}/preview/`)).bad_numbers).to.equal(4);
        const statistic = await ended(id);
        expect(statistic).to.include({ status: 'completed' });
        expect(statistic.messages).to.include({ total: 5, sent: 1, canceled: 4 });
        const { results } = await rest('GET', `/messages/?mailing_list=${id}&status=canceled`);
        for (const { id: message } of results) {
          const told = await rest('GET', `/messages/${message}/`);
          expect(told).to.include({ reason: 'bad_number' });
          expect(told.explanation).to.contain('phone number').and.contain('PATCH /clients/');
          expect(told.events.at(-1)).to.include({ event: 'canceled', attempt: null });
          expect(told.events.at(-1).detail).to.match(/^The phone number must (not begin with 0|consist of digits)/);
        }
      }
      const inbox = await (await fetch(`${probeUrl}/messages`)).json();
      expect((inbox as { phone: number }[]).map(({ phone }) => phone)).to.deep.equal([79009009000, 79009009000]);
      await database.query('DELETE FROM clients WHERE tag_id = 90');
    });

    it('starts by itself within two seconds of its time', async () => {
      const start = Date.now() + 3_000;
      const { id } = await create({ start_notification_date: new Date(start).toISOString() });
      await waitFor(async () => (await counts()).accepted > 0, { timeoutMs: 10_000, what: 'the first message' });
      expect(Date.now()).to.be.within(start, start + 2_000);
      await ended(id);
    });

    it('forecasts from what it sends now when a running mailing will be through', async function () {
      if (store !== 'postgresql') this.skip(); // where the jobs are makes no difference to the forecast
      // Two workers with 32 in flight each, and an answer after 0.2 s: 320 a second, 19 s for all. Six ranges, so that both
      // workers have some until near the end.
      await setFaults({ delay_ms: 200 });
      const { id } = await create({ tags: [] });
      await waitFor(async () => (await counts()).accepted > 1_500, {
        timeoutMs: 20_000,
        what: 'the first 1,500 messages',
      });
      const preview = await rest('GET', `/mailing/${id}/preview/`);
      expect(preview).to.include({ rate_from: 'this_mailing', misses: 0 });
      expect(preview.left).to.be.within(2_000, 4_700);
      const askedAt = Date.now();
      await waitFor(async () => (await counts()).accepted === 6_000, { timeoutMs: 30_000, what: 'the last message' });
      const took = (Date.now() - askedAt) / 1_000;
      // At the last mailing's rate, which sent at once, it would be a second or two.
      expect(preview.seconds).to.be.within(took * 0.6, took * 1.6 + 1);
      await ended(id);
      expect(await rest('GET', `/mailing/${id}/preview/`)).to.include({ left: 0, seconds: null });
    });

    it('asks nobody at or after the end, and expires what is left', async () => {
      await setFaults({ delay_ms: 1_500 });
      const end = new Date(Date.now() + 4_000);
      await fetch(`${probeUrl}/end`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ at: end.toISOString() }),
      });
      const { id } = await create({ end_notification_date: end.toISOString() });
      const { status, messages } = await ended(id);
      const { accepted, after_end } = await counts();
      expect(status).to.equal('expired');
      expect(after_end).to.equal(0);
      expect(messages.sent).to.be.greaterThan(0);
      expect(messages.sent + messages.unknown).to.equal(accepted);
      expect(messages.sent + messages.unknown + messages.expired).to.equal(3_000);
      await fetch(`${probeUrl}/end`, { method: 'DELETE' });
    });

    it('brings everything through a provider that fails in every way', async () => {
      await setFaults({ error_500: 0.05, busy_429: 0.05, garbage: 0.02, reset_after_accept: 0.02, seed: 7 });
      const { id } = await create({});
      const { messages } = await ended(id);
      expect(messages).to.include({ total: 3_000, sent: 3_000 });
      expect(await counts()).to.include({ unique: 3_000 });
    });

    it('loses nothing to kill -9, and doubles only what was in flight', async () => {
      await setFaults({ delay_ms: 50 });
      const { id } = await create({ tags: [] });
      await waitFor(async () => (await counts()).accepted > 1_500, { what: 'some work to be done' });
      await workers[0]!.stop('SIGKILL');
      workers[0] = startWorker();
      const { messages } = await ended(id);
      const { unique, duplicates } = await counts();
      expect(messages).to.include({ total: 6_000, sent: 6_000 });
      expect(unique).to.equal(6_000);
      expect(duplicates, 'in flight, or answered and not yet written').to.be.lessThan(150);
    });

    it('sends one mailing with every worker, also with those that are added; one that leaves loses nothing', async () => {
      // Slow enough that there is work left for those who come, however long they take to.
      await setFaults({ delay_ms: 500 });
      await database.query(`INSERT INTO tags (name) VALUES ('crowd')`);
      await database.query(`INSERT INTO clients (phone_number, timezone, code_id, tag_id)
        SELECT 79100000000 + n, 'UTC', (SELECT id FROM codes), (SELECT id FROM tags WHERE name = 'crowd')
        FROM generate_series(1, 16000) n`);
      const added = [startWorker(), startWorker()];
      try {
        const { id } = await create({ tags: ['crowd'] });
        await waitFor(async () => (await counts()).accepted > 0, { what: 'the first message' });
        const holders = `SELECT DISTINCT worker_id FROM ranges WHERE mailing_id = $1 AND worker_id IS NOT NULL`;
        const allHold = async () => (await database.query(holders, [id])).length === 4;
        await waitFor(allHold, { timeoutMs: 40_000, what: 'four workers at one mailing' });
        const startedAt = Date.now();
        expect(await added[0]!.stop('SIGTERM'), 'an orderly end').to.equal(0);
        expect(Date.now() - startedAt).to.be.below(10_000);
        await fetch(`${probeUrl}/faults`, { method: 'DELETE' });
        const { messages } = await ended(id);
        expect(messages).to.include({ total: 16_000, sent: 16_000 });
        expect(await counts(), 'drained, not killed').to.include({ unique: 16_000, duplicates: 0 });
      } finally {
        await Promise.all(added.map((worker) => worker.stop()));
        await database.query(`DELETE FROM clients USING tags WHERE tags.id = tag_id AND name = 'crowd'`);
      }
    });

    for (const verb of ['pause', 'cancel']) {
      it(`starts no request later than a second after the answer to ${verb}`, async () => {
        await setFaults({ delay_ms: 30 });
        const { id } = await create({ tags: [] });
        await waitFor(async () => (await counts()).accepted > 500, { what: 'some work to be done' });
        await rest('POST', `/mailing/${id}/${verb}/`);
        const answeredAt = Date.now();
        await sleep(2_500);
        const { accepted, last_at } = await counts();
        expect(Date.parse(last_at)).to.be.lessThan(answeredAt + 1_000);
        expect(accepted).to.be.lessThan(6_000);
        if (verb === 'pause') await rest('POST', `/mailing/${id}/resume/`);
        const expected = verb === 'pause' ? 'completed' : 'canceled';
        const statistic = await ended(id);
        const { sent, canceled } = statistic.messages;
        expect([statistic.status, sent + canceled]).to.deep.equal([expected, 6_000]);
        expect(sent).to.equal((await counts()).accepted);
        expect(sent).to.equal(verb === 'pause' ? 6_000 : accepted);
      });
    }

    it('keeps the rate of a mailing, whatever the number of workers', async () => {
      const { id } = await create({ send_per_second: 200 });
      await waitFor(async () => (await counts()).accepted > 100, { what: 'some work to be done' });
      const before = await counts();
      const startedAt = performance.now();
      await sleep(3_000);
      const perSecond = ((await counts()).accepted - before.accepted) / ((performance.now() - startedAt) / 1_000);
      expect(perSecond).to.be.within(170, 215);
      await rest('POST', `/mailing/${id}/cancel/`);
      await ended(id);
    });

    it('sends in the window of each client, and expires whom no window can bring in time', async () => {
      await database.query(`UPDATE clients SET timezone = CASE id % 3 WHEN 0 THEN '+12:00' ELSE 'UTC' END`);
      const time = (shiftMs: number) => new Date(Date.now() + shiftMs).toISOString().slice(11, 16);
      const window = { send_window_start: time(-600_000), send_window_end: time(600_000) };
      const { id } = await create(window);
      const { status, messages } = await ended(id);
      expect(status).to.equal('expired');
      expect(messages).to.include({ sent: 2_000, expired: 1_000 });
      expect(await counts()).to.include({ accepted: 2_000, unique: 2_000 });
      const [late] = await database.query(
        `SELECT id FROM messages WHERE mailing_id = $1 AND status = 'expired' LIMIT 1`,
        [id],
      );
      expect(await rest('GET', `/messages/${late!.id}/`)).to.include({ reason: 'window' });
      await database.query(`UPDATE clients SET timezone = 'UTC'`);
    });

    it('leaves a provider alone that does not take our token, and goes on when it does', async () => {
      await setFaults({ unauthorized_401: 1 });
      const { id } = await create({});
      await waitFor(async () => (await rest('GET', '/provider/'))[0]?.state === 'open', { what: 'the gate' });
      expect((await rest('GET', '/provider/'))[0]).to.include({ fault: 'credentials' });
      await sleep(1_000);
      expect((await counts()).requests).to.be.lessThan(200);
      await fetch(`${probeUrl}/faults`, { method: 'DELETE' });
      expect((await ended(id)).messages).to.include({ sent: 3_000 });
      expect((await rest('GET', '/provider/'))[0]).to.include({ state: 'closed', fault: null });
    });

    it('sends nothing more of a mailing that is deleted', async () => {
      await setFaults({ delay_ms: 200 });
      const { id } = await create({});
      await waitFor(async () => (await counts()).accepted > 0, { what: 'the first message' });
      await rest('DELETE', `/mailing/${id}/`);
      await waitFor(async () => (await database.query('SELECT FROM mailings WHERE id = $1', [id])).length === 0, {
        what: 'the purge',
      });
      const { accepted } = await counts();
      expect(accepted).to.be.lessThan(3_000);
      expect(await database.query('SELECT FROM messages WHERE mailing_id = $1 LIMIT 1', [id])).to.deep.equal([]);
    });
  });
}

testMailings('postgresql', () => ({}));
if (mongodbUrl) {
  testMailings('mongodb', () => {
    const url = new URL(mongodbUrl);
    url.pathname = `/test_${randomUUID()}`;
    return { MONGODB_URL: url.href };
  });
} else {
  it('mailings, end to end, with jobs in mongodb: left out, because MONGODB_URL is not set');
}
