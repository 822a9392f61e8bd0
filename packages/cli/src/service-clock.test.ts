import { expect } from 'chai';
import { createServiceClock } from './service-clock.js';

describe("the service's clock", () => {
  const answering = (date: string | null, tookMs = 0) =>
    createServiceClock(async () => {
      await new Promise((resolve) => setTimeout(resolve, tookMs));
      return new Response(null, { headers: date === null ? {} : { date } });
    });
  const aheadBy = async (ms: number, tookMs?: number) => {
    const clock = answering(new Date(Date.now() + ms).toUTCString(), tookMs);
    await clock.fetch('http://127.0.0.1/');
    return clock.aheadMs();
  };

  it('agrees with that of this machine, as far as whole seconds tell', async () => {
    for (const ms of [0, 900, -900]) expect(await aheadBy(ms, 20), String(ms)).to.be.within(-1_500, 1_500);
    expect(await aheadBy(0, 20)).to.equal(0);
  });

  it('is ahead or behind by what the answer tells', async () => {
    expect(await aheadBy(180_000)).to.be.within(178_500, 181_500);
    expect(await aheadBy(-180_000)).to.be.within(-181_500, -178_500);
  });

  it('is taken for that of this machine where no answer tells', async () => {
    const clock = answering(null);
    expect(clock.aheadMs()).to.equal(0);
    await clock.fetch('http://127.0.0.1/');
    expect(clock.aheadMs()).to.equal(0);
    await answering('yesterday').fetch('http://127.0.0.1/');
  });
});
