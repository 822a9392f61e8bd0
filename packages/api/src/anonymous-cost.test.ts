import { expect } from 'chai';
import { annotated, hostileRequests } from './anonymous-cost.suite.js';
import { startApi, type TestApi } from './api.suite.js';
import { createRawClient, type RawClient, type RawRequest } from './rest/raw-http.suite.js';

/** CPU of one request, the client's share included. No request has a password to be hashed: that is costly on purpose. */
const mostMs = 100;
/** The least of several is its cost: the others also pay for compiling, for collecting garbage, for a busy machine. */
const attempts = 6;

describe('a stranger', () => {
  let api: TestApi;
  let client: RawClient;
  before(async () => {
    api = await startApi({ wrongPasswords: 100_000 });
    client = createRawClient(api.origin, { timeoutMs: 20_000 });
  });
  after(async () => {
    client.close();
    await api.stop();
  });

  async function costOf(request: RawRequest) {
    const before = process.cpuUsage();
    // A server that does not wait for the end of a body hangs up on who goes on to send it.
    const status = await client.send(request).then(
      (answer) => answer.status,
      () => 0,
    );
    const { user, system } = process.cpuUsage(before);
    return { status, ms: (user + system) / 1_000 };
  }

  it(`costs less than ${mostMs} ms of CPU a request, whatever they send to whichever face`, async function () {
    this.timeout(300_000);
    const faults: string[] = [];
    for (const { name, request } of hostileRequests) {
      let cost = await costOf(request);
      for (let n = 1; n < attempts && cost.ms > mostMs; n++) cost = await costOf(request);
      if (cost.ms > mostMs) faults.push(`${name}: ${Math.round(cost.ms)} ms`);
      if (cost.status >= 500) faults.push(`${name}: ${cost.status}`);
    }
    expect(faults).to.deep.equal([]);
  });

  for (const [name, input] of Object.entries(annotated)) {
    it(`is refused ${name} where anybody may call, and before it is read elsewhere`, async () => {
      const body = JSON.stringify(input);
      const send = (path: string, text: string) =>
        fetch(`${api.origin}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
      expect((await send('/trpc/auth.login', body)).status).to.equal(400);
      expect((await send('/trpc/auth.login?batch=1', `{"0":${body}}`)).status).to.equal(400);
      const unread = await send('/trpc/tags.create', body);
      expect(unread.status).to.equal(401);
      expect(unread.headers.get('x-error-code')).to.equal('auth.required');
    });
  }

  it('signs in once a batch, so that passwords are not tried by the hundred', async () => {
    const call = (paths: string) =>
      fetch(`${api.origin}/trpc/${paths}?batch=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"0":{"json":{}},"1":{"json":{}}}',
      });
    for (const comma of [',', '%2C', '%252C']) {
      const { status } = await call(['auth.login', 'auth.login'].join(comma));
      expect(status, comma).to.equal(comma === '%252C' ? 404 : 400);
    }
    expect((await call('auth.login,tags.create')).status).to.equal(207);
  });
});
