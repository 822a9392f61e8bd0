import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

describe('a refusal', function () {
  this.timeout(60_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  const dates = { start_notification_date: '2098-01-01T10:00:00Z', end_notification_date: '2099-01-01T10:00:00Z' };
  const mailing = { ...dates, text: 'hello', tags: [], codes: [] };
  const long = 'x'.repeat(400_000);
  const list = Array(200_000).fill(1);
  const values: Record<string, unknown> = {
    'a long name': long,
    'a list': list,
    'lists in a list': [list.slice(0, 100_000), [list.slice(0, 50_000)]],
    'a dict': Object.fromEntries(list.slice(0, 50_000).map((_, n) => [`k${n}`, n])),
    'a long key': { [long]: long },
    emoji: `x${'😀'.repeat(100_000)}`,
  };
  const digits = '1'.repeat(400_000);

  for (const [what, value] of Object.entries(values)) {
    it(`quotes only the beginning of ${what}`, async () => {
      for (const field of ['tags', 'codes']) {
        const { status, body } = await api.rest('POST', '/mailing/', { ...mailing, [field]: [value] });
        expect(status, field).to.equal(400);
        expect(body[field][0]).to.match(/^Object with (name|code)=.+… does not exist\.$/u);
        expect(body[field][0]).to.have.length.below(600);
        expect(body[field][0].isWellFormed()).to.equal(true);
      }
    });
  }

  it('quotes only the beginning of an id, and of a choice', async () => {
    const group = await api.rest('POST', '/groups/', { name: 'g', permissions: [digits] });
    const resolved = await api.rest('POST', '/messages/1/resolve/', { as: long });
    for (const { status, body } of [group, resolved]) {
      expect(status).to.be.within(400, 404);
      expect(JSON.stringify(body)).to.have.length.below(700);
    }
  });

  it('quotes a short list as Python writes it', async () => {
    const { body } = await api.rest('POST', '/mailing/', { ...mailing, tags: [['a', [1, null], { b: true }]] });
    expect(body).to.deep.equal({ tags: ["Object with name=['a', [1, None], {'b': True}] does not exist."] });
  });

  it('over tRPC quotes only the beginning of a name', async () => {
    const json = { ...mailing, tags: [long] };
    const headers = { authorization: api.basic('admin', 'pw'), 'content-type': 'application/json' };
    const body = JSON.stringify({ json });
    const answer = await fetch(`${api.origin}/trpc/mailing.create`, { method: 'POST', headers, body });
    expect(answer.status).to.equal(400);
    expect(await answer.text())
      .to.contain('There is none called')
      .and.have.length.below(2_000);
  });
});
