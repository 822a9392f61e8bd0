import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

describe('the size of an answer over tRPC', function () {
  this.timeout(120_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.query(`
      INSERT INTO mailings (start_at, end_at, text, status, by_tag, by_code, tag_names, code_names)
      SELECT now() - interval '2 days', now() - interval '1 day', 'hello', 'completed', false, false,
        (SELECT array_agg(rpad(mailing || ' ' || tag, 48, 'x')) FROM generate_series(1, 1000) AS tag), '{}'
      FROM generate_series(1, 350) AS mailing`);
  });
  after(() => api.stop());

  async function read(...limits: number[]) {
    const input = Object.fromEntries(limits.map((limit, index) => [index, { json: { limit } }]));
    const path = limits.map(() => 'mailing.list').join();
    const response = await fetch(`${api.origin}/trpc/${path}?batch=1&input=${JSON.stringify(input)}`, {
      headers: { authorization: api.basic('admin', 'pw') },
    });
    type Answer = { error?: { json: { message: string } }; result?: { data: { json: { results: unknown[] } } } };
    const answers = (await response.json()) as Answer[];
    return answers.map(({ error, result }) => error?.json.message ?? result?.data.json.results.length);
  }

  it('has a limit, and a longer one is refused with the way out', async () => {
    expect(await read(250)).to.deep.equal([250]);
    const [refusal] = await read(350);
    expect(refusal).to.contain('16000000 characters together').and.contain('Set a lower limit');
    const rest = await api.rest('GET', '/mailing/?limit=350');
    expect(rest.body.results).to.have.length(350);
  });

  it('is counted over all of a batch, without what was refused', async () => {
    const answers = await read(200, 200, 1);
    expect(answers.filter((answer) => answer === 200)).to.have.length(1);
    expect(answers).to.include(1);
    expect(answers.join()).to.contain('send fewer calls in a batch');
  });
});
