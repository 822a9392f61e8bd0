import { expect } from 'chai';
import { type FastifyInstance, fastify } from 'fastify';
import { type Check, createMetrics, createTally, Gauge, type MetricsAccess, watchPlugin } from './index.js';

describe('watch', () => {
  let app: FastifyInstance;
  afterEach(() => app?.close());

  async function start(
    options: { checks?: Check[]; metricsAccess?: MetricsAccess; refresh?: () => Promise<void> } = {},
  ) {
    const metrics = createMetrics('test', '1.2.3');
    new Gauge({ name: 'showroom_things', help: 'Things.', registers: [metrics] }).set(7);
    app = fastify();
    await app.register(watchPlugin, { metrics, metricsAccess: { from: 'local' }, checks: [], ...options });
    return app;
  }
  const well = (name: string, isVital = true): Check => ({ name, isVital, look: async () => {} });
  const ill = (name: string, isVital: boolean): Check => {
    return { name, isVital, look: () => Promise.reject(new Error('secret: s3cret')) };
  };
  const readyz = async () => {
    const { statusCode, body } = await app.inject('/readyz');
    return { status: statusCode, body: JSON.parse(body) };
  };

  it('is healthy as long as it answers', async () => {
    await start({ checks: [ill('database', true)] });
    expect((await app.inject('/healthz')).json()).to.deep.equal({ status: 'ok' });
  });

  it('is ready when all is well, and tells of each', async () => {
    await start({ checks: [well('database'), well('jobs', false)] });
    expect(await readyz()).to.deep.equal({ status: 200, body: { status: 'ok', database: 'ok', jobs: 'ok' } });
  });

  it('goes on, degraded, without what it can do without', async () => {
    await start({ checks: [well('database'), ill('jobs', false)] });
    const body = { status: 'degraded', database: 'ok', jobs: 'does not answer' };
    expect(await readyz()).to.deep.equal({ status: 200, body });
  });

  it('is unavailable without what it needs, and says so in words of ours', async () => {
    await start({ checks: [ill('database', true), { ...well('migrations'), look: async () => 'missing: 0008' }] });
    const body = { status: 'unavailable', database: 'does not answer', migrations: 'missing: 0008' };
    expect(await readyz()).to.deep.equal({ status: 503, body });
  });

  it('does not wait for ever', async () => {
    await start({ checks: [{ name: 'database', isVital: true, look: () => new Promise(() => {}) }] });
    expect((await readyz()).body).to.include({ database: 'does not answer' });
  });

  it('is not asked more than twice a second, however many ask', async () => {
    let looks = 0;
    await start({ checks: [{ name: 'database', isVital: true, look: async () => (looks += 1) }] });
    await Promise.all(Array.from({ length: 50 }, readyz));
    expect(looks).to.equal(1);
  });

  it('tells which version runs', async () => {
    const text = await createMetrics('test', '1.2.3').getSingleMetricAsString('showroom_build_info');
    expect(text).to.contain('showroom_build_info{version="1.2.3",app="test"} 1');
  });

  it('tallies values into buckets as a histogram of Prometheus has them', async () => {
    const metrics = createMetrics('test', '1.2.3');
    const tally = createTally({ name: 'showroom_waits', help: 'Waits.', labels: ['kind'], buckets: [1, 5], metrics });
    const [short] = [tally('short'), tally('long')];
    for (const value of [0.5, 1, 1.5, 5, 6]) short(value);
    expect((await metrics.getSingleMetricAsString('showroom_waits')).split('\n')).to.deep.equal([
      '# HELP showroom_waits Waits.',
      '# TYPE showroom_waits histogram',
      'showroom_waits_bucket{le="1",kind="short",app="test"} 2',
      'showroom_waits_bucket{le="5",kind="short",app="test"} 4',
      'showroom_waits_bucket{le="+Inf",kind="short",app="test"} 5',
      'showroom_waits_sum{kind="short",app="test"} 14',
      'showroom_waits_count{kind="short",app="test"} 5',
      'showroom_waits_bucket{le="1",kind="long",app="test"} 0',
      'showroom_waits_bucket{le="5",kind="long",app="test"} 0',
      'showroom_waits_bucket{le="+Inf",kind="long",app="test"} 0',
      'showroom_waits_sum{kind="long",app="test"} 0',
      'showroom_waits_count{kind="long",app="test"} 0',
    ]);
  });

  describe('metrics', () => {
    const ask = (headers: Record<string, string> = {}, remoteAddress = '127.0.0.1') =>
      app.inject({ url: '/metrics', headers, remoteAddress }).then(({ statusCode }) => statusCode);
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

    it('are told in the text that Prometheus reads, looked at anew, under the name of the app', async () => {
      let looks = 0;
      await start({
        refresh: async () => {
          looks += 1;
        },
      });
      const { body, headers } = await app.inject('/metrics');
      expect(headers['content-type']).to.contain('text/plain; version=0.0.4');
      expect(body).to.contain('showroom_things{app="test"} 7');
      expect(body).to.contain('nodejs_eventloop_lag_p99_seconds{app="test"}');
      expect(looks).to.equal(1);
    });

    it('are for this machine alone, and not for what a proxy hands on', async () => {
      await start();
      expect(await ask()).to.equal(200);
      expect(await ask({}, '::1')).to.equal(200);
      expect(await ask({}, '10.0.0.5')).to.equal(403);
      for (const name of ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via']) {
        expect(await ask({ [name]: '127.0.0.1' }), name).to.equal(403);
      }
    });

    it('are not for a page of another site in a browser of this machine', async () => {
      await start({ metricsAccess: { from: 'local', token: 'm3trics' } });
      for (const host of ['127.0.0.1:8007', 'localhost', '[::1]:8007']) expect(await ask({ host }), host).to.equal(200);
      for (const host of ['evil.example', 'localhost.evil.example:8007', '10.0.0.5']) {
        expect(await ask({ host }), host).to.equal(403);
        expect(await ask({ host, ...bearer('m3trics') }), host).to.equal(200);
      }
    });

    it('are for whoever has the token, wherever they are', async () => {
      await start({ metricsAccess: { from: 'off', token: 'm3trics' } });
      expect(await ask()).to.equal(403);
      expect(await ask(bearer('wrong'))).to.equal(403);
      expect(await ask(bearer(''))).to.equal(403);
      expect(await ask(bearer('m3trics'), '10.0.0.5')).to.equal(200);
    });

    it('are for everybody, or nobody, if somebody says so', async () => {
      await start({ metricsAccess: { from: 'open' } });
      expect(await ask({}, '10.0.0.5')).to.equal(200);
      await app.close();
      await start({ metricsAccess: { from: 'off' } });
      expect(await ask(bearer('undefined'))).to.equal(403);
    });
  });
});
