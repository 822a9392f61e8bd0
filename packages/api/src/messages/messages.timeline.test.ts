import { hostname } from 'node:os';
import type { MessageEvent } from '@showroom/contract';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { createRunningMailings } from '../mailing/running.suite.js';

describe('did this client get it, and if not, why?', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
    for (const name of ['vip', 'new']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  beforeEach(async () => {
    await api.query('TRUNCATE mailings, messages, ranges, retries, message_events, clients RESTART IDENTITY CASCADE');
    await addClient();
  });

  const addClient = async (change: object = {}): Promise<number> => {
    const client = { phone_number: '79000000001', timezone: 'Asia/Omsk', tag: 1, mobile_operator_code: 1 };
    return (await api.rest('POST', '/clients/', { ...client, ...change })).body.id;
  };
  const read = async (id: number) => (await api.rest('GET', `/messages/${id}/`)).body;
  const lines = (events: MessageEvent[]) => events.map(({ event, attempt }) => `${event} ${attempt ?? ''}`.trim());
  const resolve = (id: number, as: string) => api.rest('POST', `/messages/${id}/resolve/`, { as });

  it('tells of what was accepted at once, which has no rows of its own', async () => {
    const [id] = await running.settle(await running.start(), ['sent']);
    const message = await read(id!);
    expect(message).to.include({ id, status: 'sent', reason: null, due_at: null, phone_number: '79000000001' });
    expect(lines(message.events)).to.deep.equal(['expanded', 'accepted 1']);
    expect(message.events[1].at).to.equal(message.send_date);
    expect(await api.query('SELECT 1 FROM message_events')).to.have.length(0);
  });

  it('tells of each attempt that was not: time, outcome, answer and latency', async () => {
    const mailing = await running.start();
    const [id] = await running.settle(mailing, ['busy']);
    const waiting = await read(id!);
    expect(waiting.explanation).to.equal('It waits for its next attempt. The last answer was: HTTP 503');
    expect(new Date(waiting.due_at).getTime()).to.be.within(Date.now() + 50_000, Date.now() + 62_000);
    expect(waiting.events[1]).to.include({ event: 'busy', attempt: 1, http_status: 503, latency_ms: 21 });
    await api.query('UPDATE retries SET due_at = now(); UPDATE ranges SET due_at = now()');
    await running.settle(mailing, ['sent']);
    const message = await read(id!);
    expect(lines(message.events)).to.deep.equal(['expanded', 'busy 1', 'accepted 2']);
    expect(message.explanation).to.equal('The provider accepted it.');
  });

  it('tells what it waits for', async () => {
    const mailing = await running.start();
    const { messages, hold } = await running.claim(mailing);
    const { id } = messages[0]!;
    expect((await read(id)).explanation).to.equal('A worker is sending it.');
    await running.store.introduce({ name: 'sms', idempotent: true, perSecond: null });
    const trip = {
      fault: 'credentials',
      detail: 'HTTP 401: who?',
      firstMs: 60_000,
      longestMs: 60_000,
      atLeastMs: 0,
    } as const;
    await running.store.trip('sms', trip);
    expect((await read(id)).explanation)
      .to.contain('because it fails')
      .and.contain('HTTP 401: who?');
    const { body } = await api.rest('GET', '/provider/');
    expect(body[0]).to.include({ name: 'sms', state: 'open', fault: 'credentials', detail: 'HTTP 401: who?' });
    expect(body[0].workers).to.deep.equal([]);
    await running.store.reportFault('sms', { fault: 'credentials', httpStatus: 401, detail: 'HTTP 401: who?' });
    const [{ workers }] = (await api.rest('GET', '/provider/')).body;
    expect(workers).to.have.lengthOf(1);
    expect(workers[0]).to.include({ name: `${hostname()}:${process.pid}`, fault: 'credentials' });
    expect(Date.parse(workers[0].since)).to.be.closeTo(Date.now(), 10_000);
    await running.store.clearFault('sms');
    expect((await api.rest('GET', '/provider/')).body[0].workers).to.deep.equal([]);
    await api.query('DELETE FROM providers');
    await running.store.release(hold);
    expect((await read(id)).explanation).to.equal('It waits for its turn.');
    await api.rest('POST', `/mailing/${mailing}/pause/`);
    expect((await read(id)).explanation).to.equal('It waits: the mailing is paused.');
  });

  it('tells of several things that it waits for the one that counts', async () => {
    const mailing = await running.start({ send_window_start: '00:00', send_window_end: '00:01' });
    const { results } = (await api.rest('GET', `/messages/?mailing_list=${mailing}`)).body;
    const { id } = results[0];
    const set = (what: string) => api.query(`UPDATE mailings SET ${what} WHERE id = ${mailing}`);
    const words = async () => (await read(id)).explanation;
    await api.query(`INSERT INTO providers (name, state, detail, opened_at) VALUES ('sms', 'open', 'HTTP 503', now())`);
    await set(`send_window_start = (now() AT TIME ZONE 'Asia/Omsk' + interval '1 hour')::time(0),
      send_window_end = (now() AT TIME ZONE 'Asia/Omsk' + interval '2 hours')::time(0)`);
    expect(await words()).to.equal('It waits for the window to open in Asia/Omsk.');
    await set(`status = 'paused'`);
    expect(await words()).to.equal('It waits: the mailing is paused.');
    await set(`status = 'running', send_window_start = NULL, send_window_end = NULL`);
    expect(await words())
      .to.contain('because it fails')
      .and.contain('HTTP 503');
    await api.query('DELETE FROM providers');
    await api.query(
      `INSERT INTO retries SELECT first_id, first_id, 1, now() + interval '1 hour', 'busy', '' FROM ranges`,
    );
    expect(await words()).to.equal('It waits for its next attempt.');
    await api.query(
      `DELETE FROM retries; UPDATE ranges SET worker_id = 999999, leased_until = now() + interval '1 hour'`,
    );
    expect(await words(), 'a worker that is dead').to.equal('It waits for its turn.');
    await set(`start_at = now() - interval '2 s', end_at = now() - interval '1 s'`);
    expect(await words()).to.equal('The end of the mailing has passed. Unsent messages expire.');
    await set(`status = 'paused'`);
    expect(await words()).to.equal('The end of the mailing has passed. Unsent messages expire.');
    await set(`status = 'canceled'`);
    expect(await words()).to.equal('It is being canceled with its mailing.');
  });

  it('tells of the end, of a window that did not open, and of what was canceled', async () => {
    const late = await running.start();
    await api.query(`UPDATE mailings SET end_at = now() WHERE id = ${late}`);
    await running.store.finish(late);
    const soon = new Date(Date.now() + 60_000);
    const omsk = new Date(Date.now() + 6 * 3_600_000 + 7_200_000).toISOString().slice(11, 14);
    const window = { send_window_start: `${omsk}00`, send_window_end: `${omsk}30` };
    const closed = await running.start({ ...window, end_notification_date: soon.toISOString() });
    const canceled = await running.start();
    await api.rest('POST', `/mailing/${canceled}/cancel/`);
    await running.store.finish(canceled);
    const { results } = (await api.rest('GET', '/messages/')).body;
    const told = await Promise.all(results.map(({ id }: { id: number }) => read(id)));
    expect(told.map(({ mailing_list, reason }) => [mailing_list, reason])).to.deep.equal([
      [late, 'end'],
      [closed, 'window'],
      [canceled, 'mailing_canceled'],
    ]);
    expect(told[1].explanation).to.contain('Asia/Omsk');
    expect(told.map(({ events }) => lines(events).at(-1))).to.deep.equal(['expired', 'expired', 'canceled']);
  });

  it('shows nothing of what is not there, nor of a deleted mailing', async () => {
    const mailing = await running.start();
    const [id] = await running.settle(mailing, ['sent']);
    await api.rest('DELETE', `/mailing/${mailing}/`);
    for (const unknown of [id, 999_999]) expect((await api.rest('GET', `/messages/${unknown}/`)).status).to.equal(404);
  });

  describe('an unknown message', () => {
    it('is settled as what an operator says it was', async () => {
      for (const as of ['sent', 'failed']) {
        const [id] = await running.settle(await running.start(), ['unknown']);
        const { status, body } = await resolve(id!, as);
        expect(status).to.equal(200);
        expect(body).to.include({
          status: as,
          reason: 'operator',
          explanation: `An operator resolved it as ${as}.`,
        });
        expect(body.events.at(-1)).to.include({ event: 'settled', detail: `Said to be ${as} by admin.` });
        expect(await resolve(id!, as)).to.deep.include({
          status: 409,
          body: { detail: 'The message is not unknown, so there is nothing to resolve.' },
        });
      }
    });

    it('is sent again, and the mailing runs for it', async () => {
      const mailing = await running.start();
      const [id] = await running.settle(mailing, ['unknown']);
      await running.store.finish(mailing);
      const { body } = await resolve(id!, 'retry');
      expect(body).to.include({ status: 'pending', reason: null });
      expect(lines(body.events)).to.deep.equal(['expanded', 'unknown 1', 'retried']);
      expect((await running.claim(mailing)).messages[0]).to.include({ id, attempts: 1, unanswered: true });
    });

    it('is not sent again after the end, but may be settled then', async () => {
      const mailing = await running.start();
      const [id] = await running.settle(mailing, ['unknown']);
      await api.query(`UPDATE mailings SET end_at = now() WHERE id = ${mailing}`);
      expect((await resolve(id!, 'retry')).status).to.equal(409);
      expect((await resolve(id!, 'sent')).status).to.equal(200);
    });

    it('needs the permission to change messages', async () => {
      const [id] = await running.settle(await running.start(), ['unknown']);
      await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
      const headers = { authorization: api.basic('ivan', 'secret') };
      expect((await api.rest('POST', `/messages/${id}/resolve/`, { as: 'sent' }, headers)).status).to.equal(403);
      expect((await api.rest('GET', `/messages/${id}/`, undefined, headers)).status).to.equal(403);
    });
  });

  describe('of a client that is deleted', () => {
    const deleteClient = (id: number) => api.rest('DELETE', `/clients/${id}/`);

    it('is canceled at once, also while it waits', async () => {
      await addClient();
      const mailing = await running.start();
      await running.settle(mailing, ['busy']);
      await api.rest('POST', `/mailing/${mailing}/pause/`);
      const { results } = (await api.rest('GET', '/messages/')).body;
      for (const client of [1, 2]) expect((await deleteClient(client)).status).to.equal(204);
      for (const { id } of results) {
        const message = await read(id);
        expect(message).to.include({ status: 'canceled', reason: 'client_deleted', due_at: null, phone_number: null });
        expect(message.explanation).to.equal('It was not sent: the client was deleted first.');
        expect(lines(message.events).at(-1)).to.equal('canceled');
      }
      const counts = (await api.rest('GET', `/statistic/${mailing}/`)).body.messages;
      expect(counts).to.include({ pending: 0, canceled: 2, total: 2 });
      expect(await running.store.finish(mailing)).to.deep.equal({ kind: 'finished', status: 'completed' });
    });

    it('is explained while a worker has it in hand', async () => {
      const mailing = await running.start();
      const { messages, hold } = await running.claim(mailing);
      await deleteClient(1);
      const { status, explanation } = await read(messages[0]!.id);
      expect(status).to.equal('pending');
      expect(explanation).to.equal('The client was deleted. The message is canceled before its next attempt.');
      await running.store.release(hold);
      expect((await read(messages[0]!.id)).status).to.equal('canceled');
    });

    it('is not sent again, and says so', async () => {
      await addClient();
      const mailing = await running.start();
      const [failed, unknown] = await running.settle(mailing, ['failed', 'unknown']);
      await running.store.finish(mailing);
      for (const client of [1, 2]) await deleteClient(client);
      expect((await api.rest('POST', `/mailing/${mailing}/retry/`)).body).to.include({ messages: 0 });
      expect((await api.rest('POST', `/mailing/${mailing}/resolve/`, { as: 'retry' })).body).to.include({
        messages: 0,
      });
      expect(await resolve(unknown!, 'retry')).to.deep.include({
        status: 409,
        body: { detail: 'The client was deleted, so the message cannot be sent again. Resolve it as sent or failed.' },
      });
      expect((await read(failed!)).status).to.equal('failed');
      expect((await resolve(unknown!, 'sent')).body.status).to.equal('sent');
      expect((await resolve(unknown!, 'retry')).body.detail).to.match(/nothing to resolve/);
    });
  });

  describe('a client and a mailing', () => {
    const explain = (mailing: number, client: number | string) =>
      api.rest('GET', `/mailing/${mailing}/explain/?client=${client}`);

    it('tells why the client was in the audience, with its message', async () => {
      const mailing = await running.start({ tags: ['vip'] });
      const { body } = await explain(mailing, 1);
      expect(body).to.include({ mailing, client: 1, in_audience: true, because: 'is_in_the_audience' });
      expect(body.message).to.include({ client: 1, status: 'pending' });
    });

    it('tells why it was not', async () => {
      const mailing = await running.start({ tags: ['vip'], codes: ['900'] });
      const others = [
        [await addClient({ tag: 2 }), 'other_tag', 'its tag is "new", and the mailing is for "vip"'],
        [await addClient({ mobile_operator_code: 2 }), 'other_code', 'its code is "901"'],
        [await addClient({ tag: 2, mobile_operator_code: 2 }), 'other_tag_and_code', 'its code is "901"'],
        [await addClient(), 'matches_since', 'added or changed later'],
        [999, 'no_such_client', 'There is no client with this id'],
      ] as const;
      for (const [client, because, words] of others) {
        const { body } = await explain(mailing, client);
        expect(body).to.include({ in_audience: false, because, message: null });
        expect(body.explanation).to.contain(words);
      }
    });

    it('tells before the start who would be in it', async () => {
      const later = { start_notification_date: '2099-01-01T10:00:00Z', end_notification_date: '2099-01-02T10:00:00Z' };
      const { body } = await api.rest('POST', '/mailing/', { tags: ['vip'], codes: [], text: 'x', ...later });
      expect((await explain(body.id, 1)).body).to.include({ in_audience: null, because: 'mailing_not_started' });
      expect((await explain(body.id, await addClient({ tag: 2 }))).body).to.include({ because: 'other_tag' });
    });

    it('refuses what is no client’s id, and mailings that are not there', async () => {
      const mailing = await running.start();
      for (const client of ['', 'x', '0', '-1', '1.5'])
        expect((await explain(mailing, client)).status, client).to.equal(400);
      expect((await api.rest('GET', `/mailing/${mailing}/explain/`)).status).to.equal(400);
      expect((await explain(999, 1)).status).to.equal(404);
    });
  });
});
