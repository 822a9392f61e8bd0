import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { createRunningMailings } from './running.suite.js';

describe('steering a mailing', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
    for (const n of [1, 2, 3, 4]) {
      const phone_number = `7900000000${n}`;
      await api.rest('POST', '/clients/', { phone_number, timezone: 'UTC', tag: 1, mobile_operator_code: 1 });
    }
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  beforeEach(() => {
    api.hints.length = 0;
  });

  const later = {
    start_notification_date: '2099-01-01T10:00:00Z',
    end_notification_date: '2099-01-02T10:00:00Z',
  };
  const steer = (id: number, verb: string, body?: object) => api.rest('POST', `/mailing/${id}/${verb}/`, body);
  const statusOf = async (id: number) => (await api.rest('GET', `/mailing/${id}/`)).body.status;
  const countsOf = async (id: number) => (await api.rest('GET', `/statistic/${id}/`)).body.messages;
  const shouldBe = (status: number, detail?: string) => (detail ? { status, body: { detail } } : { status });

  it('pauses and resumes one that runs', async () => {
    const id = await running.start();
    const { hold } = await running.claim(id);
    expect((await steer(id, 'pause')).body).to.include({ id, status: 'paused' });
    expect((await running.store.renew([hold], 10_000))[0]).to.include({ running: false });
    await running.store.release(hold);
    expect((await steer(id, 'pause')).body, 'again').to.include({ status: 'paused' });
    api.hints.length = 0;
    expect((await steer(id, 'resume')).body).to.include({ status: 'running' });
    expect(api.hints).to.deep.equal([`start ${id}`]);
    expect((await running.claim(id)).messages).to.have.length(4);
  });

  it('pauses one that has not started, which then does not, and starts it when it is resumed', async () => {
    const { body } = await api.rest('POST', '/mailing/', { tags: [], codes: [], text: 'x', ...later });
    await steer(body.id, 'pause');
    await api.query(`UPDATE mailings SET start_at = now() - interval '1 hour' WHERE id = ${body.id}`);
    expect(await running.store.start(body.id)).to.deep.equal({ kind: 'none' });
    expect((await steer(body.id, 'resume')).body).to.include({ status: 'scheduled' });
    expect(await running.store.start(body.id)).to.include({ kind: 'started' });
  });

  it('cancels one that runs: what is in hand may still arrive, the rest is canceled', async () => {
    const id = await running.start();
    const range = await running.claim(id);
    expect((await steer(id, 'cancel')).body).to.include({ status: 'canceled' });
    expect(api.hints.at(-1)).to.equal(`finish ${id}`);
    const [first] = range.messages;
    await running.store.settle([{ rangeId: range.hold.rangeId, messageId: first!.id, status: 'sent', event: null }]);
    await running.store.release(range.hold);
    await running.store.finish(id);
    expect(await countsOf(id)).to.include({ sent: 1, canceled: 3, pending: 0 });
    expect((await steer(id, 'cancel')).status, 'again').to.equal(200);
  });

  it('cancels one that has not started', async () => {
    const { body } = await api.rest('POST', '/mailing/', { tags: [], codes: [], text: 'x', ...later });
    await steer(body.id, 'cancel');
    expect(await running.store.finish(body.id)).to.deep.equal({ kind: 'finished', status: 'canceled' });
    expect(await statusOf(body.id)).to.equal('canceled');
  });

  it('does not pause, resume or cancel what has ended, and tells it', async () => {
    const id = await running.start();
    await running.settle(id, ['sent', 'sent', 'sent', 'sent']);
    await running.store.finish(id);
    for (const verb of ['pause', 'resume', 'cancel']) {
      expect(await steer(id, verb), verb).to.deep.include(
        shouldBe(409, 'The mailing has ended. It can no longer change.'),
      );
    }
    expect(await statusOf(id)).to.equal('completed');
  });

  it('sends again what failed, and nothing else, with its attempts going on', async () => {
    const id = await running.start();
    const [first, second] = await running.settle(id, ['failed', 'failed', 'sent', 'unknown']);
    await running.store.finish(id);
    const { status, body } = await steer(id, 'retry');
    expect(status).to.equal(200);
    expect(body).to.deep.include({ messages: 2 });
    expect(body.mailing).to.include({ id, status: 'running' });
    expect(await countsOf(id)).to.include({ failed: 0, pending: 2, sent: 1, unknown: 1, total: 4 });
    const range = await running.claim(id);
    expect(range.messages.map((message) => [message.id, message.attempts])).to.deep.equal([
      [first, 1],
      [second, 1],
    ]);
    await running.store.release(range.hold);
    await running.settle(id, ['sent', 'sent']);
    expect(await running.store.finish(id)).to.deep.equal({ kind: 'finished', status: 'completed' });
    expect(await countsOf(id)).to.include({ sent: 3, unknown: 1, failed: 0 });
  });

  it('has nothing to send again where nothing failed: the mailing stays as it is', async () => {
    const id = await running.start();
    await running.settle(id, ['sent', 'sent', 'sent', 'sent']);
    await running.store.finish(id);
    const { body } = await steer(id, 'retry');
    expect(body).to.deep.include({ messages: 0 });
    expect(body.mailing.status).to.equal('completed');
  });

  it('sends nothing again after the end, nor of what was canceled', async () => {
    const id = await running.start();
    await running.settle(id, ['failed', 'sent', 'sent', 'sent']);
    await running.store.finish(id);
    await api.query(`UPDATE mailings SET end_at = now() - interval '1 second' WHERE id = ${id}`);
    const over = 'The end of the mailing has passed. Nothing more can be sent.';
    expect(await steer(id, 'retry')).to.deep.include(shouldBe(409, over));
    const canceled = await running.start();
    await steer(canceled, 'cancel');
    await running.store.finish(canceled);
    expect(await steer(canceled, 'retry')).to.deep.include(
      shouldBe(409, 'The mailing was canceled. Nothing more is sent.'),
    );
  });

  it('keeps counts and rows equal when it is steered while a worker writes', async () => {
    const id = await running.start();
    await running.settle(id, ['failed', 'failed', 'failed', 'unknown']);
    await Promise.all([
      steer(id, 'retry'),
      steer(id, 'retry'),
      steer(id, 'resolve', { as: 'failed' }),
      running.store.finish(id),
    ]);
    const rows = await api.query(
      `SELECT status, count(*)::int AS n FROM messages WHERE mailing_id = ${id} GROUP BY 1 ORDER BY 1`,
    );
    const counts = await countsOf(id);
    for (const { status, n } of rows as { status: string; n: number }[]) expect(counts[status], status).to.equal(n);
    expect(counts.total).to.equal(4);
  });

  for (const [as, counts] of [
    ['sent', { sent: 3, unknown: 0 }],
    ['failed', { failed: 2, sent: 1, unknown: 0 }],
    ['retry', { pending: 3 - 0, sent: 1, unknown: 0 }],
  ] as const) {
    it(`settles every unknown message as ${as}`, async () => {
      const id = await running.start();
      await running.settle(id, ['unknown', 'unknown', 'sent']);
      const { status, body } = await steer(id, 'resolve', { as });
      expect(status).to.equal(200);
      expect(body.messages).to.equal(2);
      expect(await countsOf(id)).to.include(counts);
    });
  }

  it('takes only what it knows as a settlement', async () => {
    const id = await running.start();
    expect((await steer(id, 'resolve', { as: 'lost' })).status).to.equal(400);
    expect((await steer(id, 'resolve', {})).body).to.deep.equal({ as: ['This field is required.'] });
    expect((await steer(999_999, 'pause')).status).to.equal(404);
  });

  it('needs the permission to change mailings', async () => {
    const id = await running.start();
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    for (const verb of ['pause', 'resume', 'cancel', 'retry']) {
      const headers = { authorization: api.basic('ivan', 'secret') };
      expect((await api.rest('POST', `/mailing/${id}/${verb}/`, undefined, headers)).status, verb).to.equal(403);
    }
    expect(await statusOf(id)).to.equal('running');
  });

  it('changes text, end and rate while it runs, but not the window', async () => {
    const id = await running.start();
    const patch = (body: object) => api.rest('PATCH', `/mailing/${id}/`, body);
    expect((await patch({ text: 'new', send_per_second: 5 })).body).to.include({ text: 'new', send_per_second: 5 });
    const { hold, perSecond } = await running.claim(id);
    expect(perSecond).to.equal(5);
    await patch({ send_per_second: null });
    expect((await running.store.renew([hold], 10_000))[0]).to.include({ text: 'new', perSecond: null });
    expect((await patch({ send_window_start: '09:00', send_window_end: '21:00' })).status).to.equal(409);
    await steer(id, 'pause');
    expect((await patch({ tags: ['vip'] })).status, 'paused').to.equal(409);
  });

  describe('windows', () => {
    const create = (change: object) =>
      api.rest('POST', '/mailing/', { tags: [], codes: [], text: 'x', ...later, ...change });

    it('are taken with and without seconds, and answered in minutes', async () => {
      const { status, body } = await create({ send_window_start: '22:00', send_window_end: '06:30:00' });
      expect(status).to.equal(201);
      expect(body).to.include({ send_window_start: '22:00', send_window_end: '06:30', send_per_second: null });
      const patched = await api.rest('PATCH', `/mailing/${body.id}/`, { text: 'y' });
      expect(patched.body).to.include({ send_window_start: '22:00', text: 'y' });
      const none = await api.rest('PATCH', `/mailing/${body.id}/`, { send_window_start: null, send_window_end: null });
      expect(none.body).to.include({ send_window_start: null, send_window_end: null });
    });

    for (const [what, change, field] of [
      ['half a window', { send_window_start: '09:00' }, 'send_window_end'],
      ['an empty window', { send_window_start: '09:00', send_window_end: '09:00' }, 'send_window_end'],
      ['no time', { send_window_start: '24:00', send_window_end: '09:00' }, 'send_window_start'],
      ['seconds', { send_window_start: '09:00:30', send_window_end: '10:00' }, 'send_window_start'],
      ['a number', { send_window_start: 9, send_window_end: '10:00' }, 'send_window_start'],
    ] as const) {
      it(`refuse ${what}`, async () => {
        const { status, body } = await create(change);
        expect(status).to.equal(400);
        expect(body).to.have.all.keys(field);
        expect(body[field][0]).to.be.a('string').that.is.not.empty;
      });
    }

    for (const [send_per_second, words] of [
      [0, 'Ensure this value is greater than or equal to 1.'],
      [100_001, 'Ensure this value is less than or equal to 100000.'],
      ['many', 'A valid integer is required.'],
      [{}, 'A valid integer is required.'],
      [1e300, 'A valid integer is required.'],
    ] as const) {
      it(`refuse ${JSON.stringify(send_per_second)} messages a second`, async () => {
        const { status, body } = await create({ send_per_second });
        expect({ status, body }).to.deep.equal({ status: 400, body: { send_per_second: [words] } });
      });
    }
  });
});
