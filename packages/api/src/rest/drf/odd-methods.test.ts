import { METHODS } from 'node:http';
import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

describe('methods that no path takes', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const known = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECT'];
  const odd = METHODS.filter((method) => !known.includes(method));

  it('are a 405 that names them and what the path takes', async () => {
    expect(odd).to.include('PROPFIND');
    for (const method of odd) {
      const { status, headers, body } = await api.rest(method, '/tags/');
      expect(status, method).to.equal(405);
      expect(body).to.deep.equal({ detail: `Method "${method}" not allowed.` });
      expect(headers.get('allow')).to.equal('GET, POST, HEAD, OPTIONS');
    }
  });

  it('are refused at every path, in all of its spellings, whether the row is there or not', async () => {
    const paths = [
      '/tags',
      '/tags.json',
      '/tags/1.json',
      '/tags/?limit=1',
      '/tags/1/',
      '/users/no.body/',
      '/mailing/preview/',
    ];
    for (const path of [...paths, '/clients/import/', '/auth/login/', '/messages/1/resolve']) {
      expect((await api.rest('PROPFIND', path, { name: 'x' })).status, path).to.equal(405);
    }
  });

  it('are a 401 for strangers, and Django’s page where nothing is served', async () => {
    const stranger = await api.rest('PROPFIND', '/tags/', undefined, { authorization: '' });
    expect(stranger.status).to.equal(401);
    expect(stranger.headers.get('www-authenticate')).to.equal('Basic realm="api"');
    for (const path of ['/nothing/', '/tags/1/2/', '/tagsx/']) {
      const url = `${api.origin}/api/v1${path}`;
      for (const authorization of ['', api.basic('admin', 'pw')]) {
        const answer = await fetch(url, { method: 'PROPFIND', headers: { authorization } });
        expect(answer.status, path).to.equal(404);
        expect(answer.headers.get('content-type')).to.contain('text/html');
      }
    }
  });
});
