import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

describe('methods of tRPC', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  async function statusOf(method: string, path: string): Promise<number | undefined> {
    const sent = request(`${api.origin}${path}`, { method }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  for (const method of ['TRACE', 'PROPFIND', 'SEARCH', 'LOCK']) {
    it(`refuse ${method}, as a mistake of the caller`, async () => {
      for (const path of ['/trpc/tags.list', '/trpc/nothing', '/live/mailing.watch']) {
        expect(await statusOf(method, path), path).to.be.within(400, 499);
      }
    });
  }

  it('answer those that tRPC has', async () => {
    expect(await statusOf('GET', '/trpc/tags.list')).to.equal(401);
    expect(await statusOf('HEAD', '/trpc/tags.list')).to.equal(204);
    expect(await statusOf('POST', '/trpc/tags.create')).to.be.within(400, 415);
  });
});
