import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

const soon = new Date('2099-01-01T10:00:00Z');
const later = new Date('2099-01-02T10:00:00Z');

describe('jobs', () => {
  let api: TestApi;

  before(async () => {
    api = await startApi({}, { hasJobs: true });
    await api.jobs!.startAt(12, soon);
    await api.jobs!.finishAt(12, later);
    await api.jobs!.send(13, 3);
  });
  after(() => api.stop());

  const shown = async (query: string) => (await api.rest('GET', `/jobs/${query}`)).body;

  it('are listed with when they run and what they are about, page by page', async () => {
    const { count, next, results } = await shown('?limit=2');
    expect(count).to.equal(3);
    expect(next).to.equal(`${api.origin}/api/v1/jobs/?limit=2&page=2`);
    const about = results.map(({ name, status, mailing, lane, next_run }: Record<string, unknown>) => {
      return { name, status, mailing, lane, next_run };
    });
    expect(about).to.deep.equal([
      { name: 'mailing.finish', status: 'scheduled', mailing: 12, lane: null, next_run: '2099-01-02T10:00:00Z' },
      { name: 'mailing.start', status: 'scheduled', mailing: 12, lane: null, next_run: '2099-01-01T10:00:00Z' },
    ]);
    const second = await shown('?limit=2&page=2');
    expect(second.results).to.have.lengthOf(1);
    expect(second.results[0]).to.include({ name: 'mailing.send', status: 'queued', mailing: 13, lane: 3, failures: 0 });
    expect((await api.rest('GET', '/jobs/?page=9')).status).to.equal(404);
  });

  for (const [query, count] of [
    ['?status=queued', 1],
    ['?name=mailing.start', 1],
    ['?mailing=12', 2],
    ['?mailing=12&name=mailing.finish&status=scheduled', 1],
    ['?mailing=99', 0],
    ["?name=';--", 0],
    ['?status=', 3],
  ] as const) {
    it(`are listed by ${query}`, async () => {
      expect((await shown(query)).count).to.equal(count);
    });
  }

  it('refuse a status that does not exist', async () => {
    const { status, body } = await api.rest('GET', '/jobs/?status=lost');
    expect(status).to.equal(400);
    expect(body).to.have.keys('status');
  });

  it('are read one by one, over tRPC with dates as dates', async () => {
    const { results } = await api.trpc.jobs.list.query({ name: 'mailing.start' });
    const [job] = results;
    expect(job?.next_run).to.deep.equal(soon);
    expect(await api.trpc.jobs.read.query({ id: job!.id })).to.deep.equal(job);
    expect((await api.rest('GET', `/jobs/${job!.id}/`)).body.id).to.equal(job!.id);
  });

  it('answer 404 for an id that is none, or of nothing', async () => {
    for (const id of ['x', '1', '00000000-0000-4000-8000-000000000000', "';--"]) {
      expect((await api.rest('GET', `/jobs/${encodeURIComponent(id)}/`)).status, id).to.equal(404);
    }
  });

  it('need the permission to view jobs', async () => {
    await api.rest('POST', '/users/', { username: 'ivan', password: 'secret' });
    const asIvan = { authorization: api.basic('ivan', 'secret') };
    expect((await api.rest('GET', '/jobs/', undefined, asIvan)).status).to.equal(403);
    const { body } = await api.rest('GET', '/permissions/?limit=1000');
    const { id } = body.results.find(({ codename }: { codename: string }) => codename === 'view_job');
    await api.rest('PATCH', '/users/ivan/', { user_permissions: [id] });
    expect((await api.rest('GET', '/jobs/', undefined, asIvan)).status).to.equal(200);
    expect((await api.rest('POST', '/jobs/', {})).status).to.equal(405);
  });
});

describe('jobs in a store that is away', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  it('answer 503, and say why', async () => {
    for (const path of ['/jobs/', '/jobs/1/']) {
      const { status, body } = await api.rest('GET', path);
      expect(status).to.equal(503);
      expect(body).to.deep.equal({ detail: 'The job store does not answer. Try again later.' });
    }
    const error = await api.trpc.jobs.list.query({}).catch((thrown: unknown) => thrown);
    expect(error).to.have.nested.property('data.error', 'job.store_away');
  });
});
