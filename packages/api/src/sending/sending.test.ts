import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { createRunningMailings } from '../mailing/running.suite.js';

const goingOn = { stopped: false, reason: null, by: null, since: null };

describe('stopping all sending', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
    const client = { phone_number: '79000000001', timezone: 'UTC', tag: 1, mobile_operator_code: 1 };
    await api.rest('POST', '/clients/', client);
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  afterEach(() => resume());

  const stop = (body: unknown = { reason: 'wrong text' }) => api.rest('POST', '/sending/stop/', body);
  const resume = () => api.rest('POST', '/sending/resume/');
  const read = async () => (await api.rest('GET', '/sending/')).body;
  const audit = async () => (await api.rest('GET', '/audit/?resource=sending')).body;

  it('tells whether it is stopped, by whom, since when and why', async () => {
    expect(await read()).to.deep.equal(goingOn);
    const { status, body } = await stop();
    expect(status).to.equal(200);
    expect(body).to.include({ stopped: true, reason: 'wrong text', by: 'admin' });
    expect(Date.parse(body.since)).to.be.within(Date.now() - 5_000, Date.now() + 5_000);
    expect(await read()).to.deep.equal(body);
    expect(await resume())
      .to.include({ status: 200 })
      .and.to.deep.include({ body: goingOn });
    expect(await read()).to.deep.equal(goingOn);
  });

  it('keeps the first stop when it is stopped again, and resumes what is not stopped without an error', async () => {
    const { body: first } = await stop();
    const second = await stop({ reason: 'another reason' });
    expect(second).to.include({ status: 200 }).and.to.deep.include({ body: first });
    await resume();
    const entries = (await audit()).count;
    expect(await resume())
      .to.include({ status: 200 })
      .and.to.deep.include({ body: goingOn });
    expect((await audit()).count).to.equal(entries);
  });

  it('is stopped once, however many stop it at the same moment', async () => {
    const before = (await audit()).count;
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((reason) => stop({ reason })));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).to.equal(1);
    expect((await audit()).count).to.equal(before + 1);
  });

  it('never answers a stop with anything but a stop, whoever resumes meanwhile', async () => {
    for (let n = 0; n < 10; n++) {
      const [stopped] = await Promise.all([stop(), resume(), resume()]);
      expect(stopped.body.stopped).to.equal(true);
    }
  });

  it('is in the audit, with the reason', async () => {
    await stop();
    const { body: again } = await stop({ reason: 'not heard' });
    await resume();
    const [resumed, stopped] = (await audit()).results;
    expect(stopped).to.deep.include({ action: 'update', user: 'admin', operation: 'sending_stop', row: 'all' });
    expect(stopped.new).to.deep.include({ stopped: true, reason: 'wrong text', by: 'admin' });
    expect(resumed).to.deep.include({ operation: 'sending_resume', new: goingOn });
    expect(resumed.old).to.deep.include({ stopped: true, reason: 'wrong text', since: again.since });
  });

  it('wants a reason that says something and can be kept', async () => {
    for (const [body, words] of [
      [{}, 'This field is required.'],
      [{ reason: null }, 'This field may not be null.'],
      [{ reason: '  ' }, 'This field may not be blank.'],
      [{ reason: 'x'.repeat(501) }, 'Ensure this field has no more than 500 characters.'],
      [{ reason: 'a\0b' }, 'Null characters are not allowed.'],
      [{ reason: ['x'] }, 'Not a valid string.'],
    ] as const) {
      const answer = await stop(body);
      expect(answer.status, JSON.stringify(body)).to.equal(400);
      expect(answer.body).to.deep.equal({ reason: [words] });
    }
    expect(await read()).to.deep.equal(goingOn);
    expect((await stop({ reason: '📵'.repeat(500) })).status).to.equal(200);
  });

  it('needs change_sending, or view_sending to be looked at; the right to change mailings is not enough', async () => {
    const permissions = (await api.rest('GET', '/permissions/?limit=200')).body.results;
    const idOf = (codename: string) => permissions.find((each: { codename: string }) => each.codename === codename).id;
    const callerWith = async (...codenames: string[]) => {
      const { body } = await api.rest('POST', '/tokens/', { name: 'script', permissions: codenames.map(idOf) });
      const authorization = `Bearer ${body.token}`;
      return async (method: string, path: string) =>
        (await api.rest(method, path, method === 'POST' ? { reason: 'x' } : undefined, { authorization })).status;
    };
    const clerk = await callerWith('change_mailing', 'view_mailing', 'view_provider');
    const viewer = await callerWith('view_sending');
    const operator = await callerWith('change_sending');
    for (const [method, path, ...allowed] of [
      ['GET', '/sending/', viewer],
      ['POST', '/sending/stop/', operator],
      ['POST', '/sending/resume/', operator],
    ] as const) {
      for (const caller of [clerk, viewer, operator]) {
        const expected = allowed.some((each) => each === caller) ? 200 : 403;
        expect(await caller(method, path), `${method} ${path}`).to.equal(expected);
      }
    }
  });

  it('answers with the slash and without, and nothing but POST stops', async () => {
    expect((await api.rest('POST', '/sending/stop', { reason: 'x' })).status).to.equal(200);
    expect((await api.rest('POST', '/sending/resume')).status).to.equal(200);
    for (const path of ['/sending/stop/', '/sending/resume/']) {
      expect((await api.rest('GET', path)).status, path).to.equal(405);
    }
    expect((await api.rest('POST', '/sending/', { reason: 'x' })).status).to.equal(405);
  });

  it('says so wherever somebody looks why nothing is sent', async () => {
    const id = await running.start();
    const mailing = { tags: [], codes: [], text: 'hi', end_notification_date: '2099-01-01T10:00:00Z' };
    const draft = { ...mailing, start_notification_date: 'now' };
    // A mailing that has just started also gets a warning about its rate.
    const aboutStops = (warnings: string[]) => warnings.filter((warning) => !warning.includes('is not measured'));
    const look = async () => ({
      message: (await api.rest('GET', `/messages/?mailing_list=${id}`)).body.results[0].id as number,
      stored: aboutStops((await api.rest('GET', `/mailing/${id}/preview/`)).body.warnings),
      draft: (await api.rest('POST', '/mailing/preview/', draft)).body.warnings,
      one: (await api.rest('GET', `/statistic/${id}/`)).body.sending_stopped,
      all: (await api.rest('GET', '/statistic/')).body.sending_stopped,
    });
    const { message, ...before } = await look();
    expect(before).to.deep.equal({ stored: [], draft: [], one: false, all: false });
    const { body } = await stop();
    const because = `admin stopped all sending at ${body.since}. The reason: wrong text`;
    const { message: _, ...seen } = await look();
    const warnings = [`Nothing is sent now. ${because}`];
    expect(seen).to.deep.equal({ stored: warnings, draft: warnings, one: true, all: true });
    const timeline = (await api.rest('GET', `/messages/${message}/`)).body;
    expect(timeline.explanation).to.equal(`It waits: ${because}`);
    const explained = (await api.rest('GET', `/mailing/${id}/explain/?client=1`)).body;
    expect(explained.message.explanation).to.equal(`It waits: ${because}`);
    await api.rest('POST', `/mailing/${id}/pause/`);
    expect((await api.rest('GET', `/messages/${message}/`)).body.explanation).to.contain('stopped all sending');
    await resume();
    expect((await api.rest('GET', `/messages/${message}/`)).body.explanation).to.equal(
      'It waits: the mailing is paused.',
    );
    await api.rest('POST', `/mailing/${id}/cancel/`);
  });

  it('says nothing of a stop where a message has its end', async () => {
    const [message] = await running.settle(await running.start(), ['sent']);
    await stop();
    expect((await api.rest('GET', `/messages/${message}/`)).body.explanation).to.equal('The provider accepted it.');
  });

  it('gives no range to a worker, and wakes each running mailing when it is resumed', async () => {
    const [first, second] = [await running.start(), await running.start()];
    await stop();
    const terms = { leaseMs: 10_000, idempotent: true };
    expect(await running.store.claim(first, terms)).to.deep.equal({ kind: 'stopped' });
    api.hints.length = 0;
    await resume();
    while (!api.hints.includes(`start ${second}`)) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(api.hints).to.include.members([`start ${first}`, `start ${second}`]);
    expect(await running.store.claim(first, terms)).to.include({ kind: 'range' });
  });
});
