import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, waitFor } from '@showroom/testing';
import { expect } from 'chai';

interface Ready {
  url: string;
  admin: { username: string; password: string | null };
}

describe('standalone, for real', function () {
  this.timeout(90_000);
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'showroom-standalone-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const start = async () => {
    const app = startApp('apps/standalone/dist/main.js', { DATA_DIR: dir, PORT: '0', PROBE_PORT: '0' });
    return { app, ...((await app.ready()) as unknown as Ready) };
  };

  it('does the main job with nothing installed, and finds its data again after kill -9 and after Ctrl-C', async () => {
    const first = await start();
    const { username, password } = first.admin;
    expect(password).to.be.a('string');
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    const rest = async (origin: string, path: string, body?: object) => {
      const method = body ? 'POST' : 'GET';
      const headers = { authorization, 'content-type': 'application/json' };
      return (await fetch(`${origin}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) })).json();
    };
    const { id: tag } = (await rest(first.url, '/tags/', { name: 'vip' })) as { id: number };
    const { id: code } = (await rest(first.url, '/codes/', { code: '900' })) as { id: number };
    const client = { phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: code, tag };
    await rest(first.url, '/clients/', client);
    const dates = {
      start_notification_date: new Date().toISOString(),
      end_notification_date: new Date(Date.now() + 60_000).toISOString(),
    };
    await rest(first.url, '/mailing/', { ...dates, tags: ['vip'], codes: [], text: 'hello' });
    const sent = async (origin: string) => {
      const statistic = (await rest(origin, '/statistic/')) as { messages: { sent: number } };
      return statistic.messages.sent;
    };
    await waitFor(async () => (await sent(first.url)) === 1, { what: 'the message' });
    expect((await fetch(`${first.url}/swagger/`)).status).to.equal(200);
    await first.app.stop('SIGKILL');

    const second = await start();
    expect(second.admin).to.deep.equal({ username: 'admin', password: null });
    expect(await sent(second.url)).to.equal(1);
    expect(await second.app.stop('SIGINT')).to.equal(0);

    const third = await start();
    expect(await sent(third.url)).to.equal(1);
    expect(await third.app.stop('SIGTERM')).to.equal(0);
  });
});
