import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

const none = 'Authentication credentials were not provided.';
const wrong = 'Invalid username/password.';
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('credentials over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/users/', { username: 'idle', password: 'pw', is_active: false });
  });
  after(() => api.stop());

  for (const [what, authorization, detail] of [
    ['nothing', undefined, none],
    ['an empty header', '', none],
    ['another scheme', 'Digest x', none],
    ['a token that is none', 'Bearer x', 'Invalid token.'],
    ['a wrong password', `Basic ${base64('admin:wrong')}`, wrong],
    ['an unknown user', `Basic ${base64('nobody:pw')}`, wrong],
    ['a user who is not active', `Basic ${base64('idle:pw')}`, wrong],
    ['a scheme alone', 'Basic', 'Invalid basic header. No credentials provided.'],
    ['too many words', 'Basic a b', 'Invalid basic header. Credentials string should not contain spaces.'],
    ['what is no base64', 'Basic a', 'Invalid basic header. Credentials not correctly base64 encoded.'],
  ] as const) {
    it(`are refused when they are ${what}`, async () => {
      const response = await fetch(`${api.origin}/api/v1/tags/`, { headers: authorization ? { authorization } : {} });
      expect(response.status).to.equal(401);
      expect(response.headers.get('www-authenticate')).to.equal('Basic realm="api"');
      expect(await response.json()).to.deep.equal({ detail });
    });
  }

  it('are taken whatever the letter case of the scheme', async () => {
    for (const scheme of ['Basic', 'basic', 'BASIC']) {
      const headers = { authorization: `${scheme} ${base64('admin:pw')}` };
      expect((await api.rest('GET', '/tags/', undefined, headers)).status, scheme).to.equal(200);
    }
  });

  it('are looked at before the method, the id and the body', async () => {
    for (const [method, path, body] of [
      ['GET', '/tags/abc/', undefined],
      ['DELETE', '/tags/', undefined],
      ['POST', '/tags/', '{'],
      ['OPTIONS', '/tags/', undefined],
      ['POST', '/messages/', undefined],
    ] as const) {
      const answer = await api.rest(method, path, body, { authorization: '' });
      expect(answer, `${method} ${path}`).to.deep.include({ status: 401, body: { detail: none } });
    }
  });
});
