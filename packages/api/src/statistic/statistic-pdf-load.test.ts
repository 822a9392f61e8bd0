import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('PDFs of 1,000 mailings', function () {
  this.timeout(120_000);
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.query(`
      INSERT INTO mailings (text, by_tag, by_code, start_at, end_at, status)
      SELECT repeat('Come and see ', 30), false, false, now(), now() + interval '1 hour', 'scheduled' FROM generate_series(1, 1000)`);
    await ask();
  });
  after(() => api.stop());

  const some = '/statistic/?format=pdf&limit=300';
  const ask = (path = '/statistic/?format=pdf', signal?: AbortSignal) =>
    fetch(`${api.origin}/api/v1${path}`, { headers: { authorization: api.basic('admin', 'pw') }, signal });

  it('leave the event loop to other requests', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const startedAt = performance.now();
    const answer = await ask();
    expect(answer.status).to.equal(200);
    expect((await answer.arrayBuffer()).byteLength).to.be.above(20_000);
    const tookMs = performance.now() - startedAt;
    delay.disable();
    expect(tookMs, 'large enough to show').to.be.above(200);
    expect(delay.max / 1e6).to.be.below(Math.max(100, tookMs / 4));
  });

  it('are refused with 503 and Retry-After when too many wait', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => ask(some)));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).to.be.within(3, 6);
    expect(answers.filter(({ status }) => status === 200)).to.have.length(16 - refused.length);
    expect(refused[0]!.headers.get('retry-after')).to.equal('5');
    expect(refused[0]!.headers.get('x-error-code')).to.equal('statistic.busy');
    expect(await refused[0]!.json()).to.deep.equal({
      detail: 'Too many PDFs are waiting to be drawn. Try again later.',
    });
    expect((await ask()).status).to.equal(200);
  });

  it('give up their places when their callers close the connection', async () => {
    const gone = new AbortController();
    const lost = Array.from({ length: 14 }, () => ask(some, gone.signal));
    const settled = Promise.allSettled(lost);
    const refused = lost.map(async (each) => expect((await each).status).to.equal(503));
    await Promise.any(refused);
    gone.abort();
    await Promise.allSettled([settled, ...refused]);
    await sleep(200);
    const small = await Promise.all(Array.from({ length: 8 }, () => ask('/statistic/?format=pdf&limit=1')));
    expect(small.map(({ status }) => status)).to.deep.equal(new Array(8).fill(200));
  });
});
