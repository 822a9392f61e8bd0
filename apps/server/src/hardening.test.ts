import { request as askNode } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';

const authorization = `Basic ${Buffer.from('admin:pw-of-admin').toString('base64')}`;
const credentials = JSON.stringify({ username: 'admin', password: 'pw-of-admin' });

/** The real process, as an operator starts it. */
describe('the server', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  const processes: TestProcess[] = [];
  before(async () => {
    database = await createTestDatabase();
  });
  after(async () => {
    for (const server of processes) await server.stop();
    await database.drop();
  });

  async function start(environment: Record<string, string> = {}) {
    const defaults = { DATABASE_URL: database.url, PORT: '0', ADMIN_PASSWORD: 'pw-of-admin', LOG_LEVEL: 'debug' };
    const server = startApp('apps/server/dist/main.js', { ...defaults, ...environment });
    processes.push(server);
    const { url } = await server.ready();
    return { server, url: String(url) };
  }

  describe('with no more than it needs', () => {
    let url: string;
    let server: TestProcess;
    before(async () => {
      ({ url, server } = await start());
    });

    it('keeps browsers from being used against it, whatever it answers', async () => {
      for (const path of ['/', '/swagger/', '/api/v1/tags/', '/api/v1/openapi.json', '/trpc/tags.list', '/nothing']) {
        const { headers } = await fetch(`${url}${path}`);
        expect(headers.get('content-security-policy'), path).to.match(/default-src 'self'.*frame-ancestors 'none'/);
        expect(headers.get('x-content-type-options'), path).to.equal('nosniff');
        expect(headers.get('x-frame-options'), path).to.equal('DENY');
        expect(headers.get('referrer-policy'), path).to.equal('no-referrer');
        expect(headers.get('x-powered-by'), path).to.equal(null);
        expect(headers.get('strict-transport-security'), path).to.equal(null);
      }
    });

    it('gives no other origin anything', async () => {
      const origin = { origin: 'https://app.example.com' };
      const { headers } = await fetch(`${url}/api/v1/tags/`, { headers: { ...origin, authorization } });
      const preflight = await fetch(`${url}/api/v1/tags/`, {
        method: 'OPTIONS',
        headers: { ...origin, 'access-control-request-method': 'POST' },
      });
      for (const each of [headers, preflight.headers]) {
        expect([...each.keys()].filter((name) => name.startsWith('access-control-'))).to.deep.equal([]);
      }
    });

    it('does not take a client’s word for where it comes from', async () => {
      const headers = {
        'content-type': 'application/json',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '203.0.113.9',
      };
      const login = await fetch(`${url}/api/v1/auth/login/`, { method: 'POST', headers, body: credentials });
      expect(login.headers.get('set-cookie')).not.to.contain('Secure');
      const audit = await fetch(`${url}/api/v1/audit/?limit=1`, { headers: { authorization } });
      const { results } = (await audit.json()) as { results: { address: string }[] };
      expect(results[0]?.address).to.equal('127.0.0.1');
    });

    it('refuses what is too large, and hangs up on what takes too long', async function () {
      this.timeout(30_000);
      const ask = (headers: Record<string, string>) => fetch(`${url}/api/v1/tags/`, { headers });
      expect((await ask({ authorization, 'x-much': 'x'.repeat(17_000) })).status).to.equal(431);
      const body = JSON.stringify({ name: 'x'.repeat(1_100_000) });
      const headers = { authorization, 'content-type': 'application/json' };
      expect((await fetch(`${url}/api/v1/tags/`, { method: 'POST', headers, body })).status).to.equal(413);

      const { hostname, port } = new URL(url);
      const slow = connect(Number(port), hostname);
      slow.write('GET /api/v1/tags/ HTTP/1.1\r\nHost: x\r\n');
      expect(await text(slow), 'ten seconds after it began to send headers').to.match(/^HTTP\/1\.1 408 /);
    });

    it('tells no secret, in its log or anywhere', async () => {
      const json = { 'content-type': 'application/json' };
      const post = (path: string, body: string, headers: Record<string, string> = {}) =>
        fetch(`${url}${path}`, { method: 'POST', body, headers: { ...json, ...headers } });
      const login = await post('/api/v1/auth/login/', credentials);
      const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
      const created = await post('/api/v1/tokens/', '{"name":"a","permissions":[]}', { authorization });
      const { token } = (await created.json()) as { token: string };
      const bearer = { authorization: `Bearer ${token}` };
      await fetch(`${url}/api/v1/auth/me/?token=${token}&password=in-the-url`, { headers: bearer });
      await fetch(`${url}/trpc/auth.me?input=${token}`, { headers: { cookie } });
      await post('/trpc/auth.login', `{"json":{"username":"admin","password":"wrong-password"}}`);
      await post('/api/v1/auth/login/', `{"username": "admin", "password": "cut-short`);
      await post('/api/v1/users/', '{"username":"ivan","password":"pw-of-ivan"}', { authorization });
      const said = server.output();
      expect(said).to.contain('answered');
      for (const secret of [token, cookie.split('=')[1]!, authorization.split(' ')[1]!, 'in-the-url', 'cut-short']) {
        expect(said).not.to.contain(secret);
      }
      expect(said).not.to.match(/pw-of-|wrong-password|argon2/);
    });

    it('takes no credentials from a URL', async () => {
      const { hostname, port } = new URL(url);
      for (const path of [
        `http://admin:pw-of-admin@${hostname}:${port}/api/v1/tags/`,
        '/api/v1/tags/?username=admin&password=pw-of-admin',
        `/api/v1/tags/?authorization=${encodeURIComponent(authorization)}`,
      ]) {
        const status = await new Promise<number>((resolve, reject) =>
          askNode({ hostname, port, path }, ({ statusCode }) => resolve(statusCode!))
            .on('error', reject)
            .end(),
        );
        expect(status, path).to.be.oneOf([401, 404]);
      }
    });
  });

  describe('behind a proxy that it is told to trust', () => {
    let url: string;
    before(async () => {
      ({ url } = await start({ TRUST_PROXY: '127.0.0.1', CORS_ORIGINS: 'https://app.example.com' }));
    });
    const forwarded = {
      'content-type': 'application/json',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'sms.example.com',
      'x-forwarded-for': '203.0.113.9',
    };

    it('marks its cookie as Secure, and tells browsers to stay with TLS', async () => {
      const login = await fetch(`${url}/api/v1/auth/login/`, { method: 'POST', headers: forwarded, body: credentials });
      const cookie = login.headers.get('set-cookie')!;
      expect(cookie).to.match(/; HttpOnly; Secure; SameSite=Lax$/);
      expect(login.headers.get('strict-transport-security')).to.equal('max-age=31536000');

      const write = (origin: string) =>
        fetch(`${url}/api/v1/tags/`, {
          method: 'POST',
          headers: { ...forwarded, cookie: cookie.split(';')[0]!, origin },
          body: JSON.stringify({ name: 'vip' }),
        });
      expect((await write('https://sms.example.com')).status).to.equal(201);
      expect((await write('http://sms.example.com')).status).to.equal(403);
      expect((await write('https://app.example.com')).status, 'an origin that is named writes by token').to.equal(403);

      const audit = await fetch(`${url}/api/v1/audit/?action=login&limit=1`, { headers: { authorization } });
      const { results } = (await audit.json()) as { results: { address: string }[] };
      expect(results[0]?.address).to.equal('203.0.113.9');
    });

    it('lets pages of the origins that were named call with a token, and no others', async () => {
      const preflight = (origin: string) =>
        fetch(`${url}/api/v1/tags/`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'PATCH',
            'access-control-request-headers': 'authorization,content-type',
          },
        });
      const { status, headers } = await preflight('https://app.example.com');
      expect(status).to.equal(204);
      expect(headers.get('access-control-allow-origin')).to.equal('https://app.example.com');
      expect(headers.get('access-control-allow-methods')).to.contain('PATCH');
      expect(headers.get('access-control-allow-headers')).to.equal('authorization,content-type');
      expect(headers.get('access-control-allow-credentials')).to.equal(null);
      expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).to.equal(null);
      const read = await fetch(`${url}/api/v1/tags/`, {
        headers: { authorization, origin: 'https://app.example.com' },
      });
      expect(read.headers.get('access-control-allow-origin')).to.equal('https://app.example.com');
      expect(read.headers.get('vary')).to.contain('Origin');
    });

    it('answers OPTIONS that is no preflight as ever', async () => {
      const headers = { authorization, origin: 'https://app.example.com' };
      const options = await fetch(`${url}/api/v1/tags/`, { method: 'OPTIONS', headers });
      expect(options.status).to.equal(200);
      expect(await options.json()).to.include({ name: 'Tag List' });
    });
  });
});
