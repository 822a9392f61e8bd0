import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

/** What the SDK's own tests do not show: who is let in, and who is let out. */
describe('live', () => {
  let api: TestApi;
  let mailing: number;

  before(async () => {
    api = await startApi();
    const dates = { start_notification_date: '2098-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
    mailing = (await api.rest('POST', '/mailing/', { ...dates, text: 'hello', tags: [], codes: [] })).body.id;
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
  });
  after(() => api.stop());

  const open = (authorization: string | null, id: unknown = mailing, signal?: AbortSignal) =>
    fetch(`${api.origin}/live/mailing.watch?input=${encodeURIComponent(JSON.stringify({ json: { id } }))}`, {
      headers: { accept: 'text/event-stream', ...(authorization && { authorization }) },
      signal,
    });
  /** What was told until it ended, or until it said something of this kind. */
  async function read(response: Response, until: string): Promise<string> {
    let told = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      told += chunk;
      if (told.includes(until)) break;
    }
    return told;
  }

  it('tells nothing to strangers, nor to whom it is not allowed, nor of what is not there', async () => {
    for (const [authorization, id, code] of [
      [null, mailing, 'auth.required'],
      [api.basic('admin', 'wrong'), mailing, 'auth.failed'],
      [api.basic('ivan', 'secret'), mailing, 'auth.forbidden'],
      [api.basic('admin', 'pw'), 999, 'mailing.not_found'],
      [api.basic('admin', 'pw'), "1'; --", 'request.invalid'],
    ] as const) {
      const told = await (await open(authorization, id)).text();
      expect(told, code).to.contain(code);
      expect(told, code).not.to.contain('scheduled');
    }
  });

  it('tells how a mailing stands, and that it was canceled', async () => {
    const stop = new AbortController();
    const response = await open(api.basic('admin', 'pw'), mailing, stop.signal);
    expect(response.headers.get('content-type')).to.contain('text/event-stream');
    const told = read(response, 'canceled');
    await api.rest('POST', `/mailing/${mailing}/cancel/`);
    expect(await told).to.match(/scheduled[\s\S]*canceled/);
    stop.abort();
  });
});
