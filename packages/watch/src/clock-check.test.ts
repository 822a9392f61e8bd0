import { expect } from 'chai';
import { createClockCheck, createMetrics } from './index.js';

describe('clock check', () => {
  let aheadMs: number;
  let lines: string[];
  beforeEach(() => {
    aheadMs = 0;
    lines = [];
  });

  function create(ask = async () => Date.now() - aheadMs) {
    const metrics = createMetrics('test', '1.2.3');
    const log = (_: object, message: string) => void lines.push(message);
    return { metrics, ...createClockCheck({ ask, metrics, logger: { info: log, warn: log } }) };
  }
  const offsetOf = async ({ metrics }: ReturnType<typeof create>) =>
    Number(/^showroom_clock_offset_seconds\{.*\} (\S+)$/m.exec(await metrics.metrics())?.[1]);

  it('takes a clock for right that differs by less than a second', async () => {
    const clock = create();
    aheadMs = 900;
    await clock.compare();
    expect(clock.aheadMs()).to.equal(0);
    expect(await clock.check.look()).to.equal(undefined);
    expect(await offsetOf(clock)).to.be.closeTo(0.9, 0.2);
    expect(lines).to.deep.equal([]);
  });

  it('says above five seconds which way it is wrong, once, and when it is right again', async () => {
    const clock = create();
    aheadMs = 3_600_000;
    await clock.compare();
    await clock.compare();
    expect(clock.aheadMs()).to.be.closeTo(3_600_000, 200);
    expect(await clock.check.look()).to.equal('3600.0 s ahead of PostgreSQL’s');
    expect(await offsetOf(clock)).to.be.closeTo(3_600, 0.2);
    aheadMs = -7_000;
    await clock.compare();
    expect(await clock.check.look()).to.equal('7.0 s behind PostgreSQL’s');
    aheadMs = 0;
    await clock.compare();
    expect(await clock.check.look()).to.equal(undefined);
    expect(lines).to.deep.equal([
      'the clock of this machine is 3600.0 s ahead of PostgreSQL’s',
      'the clock of this machine is right again',
    ]);
    expect(clock.check.isVital).to.equal(false);
  });

  it('keeps what it knows when PostgreSQL does not answer', async () => {
    let isAway = false;
    const clock = create(async () => {
      if (isAway) throw new Error('away');
      return Date.now() - 60_000;
    });
    await clock.start();
    clock.stop();
    isAway = true;
    await clock.compare();
    expect(clock.aheadMs()).to.be.closeTo(60_000, 200);
    expect(lines.at(-1)).to.equal('the clock could not be compared with PostgreSQL’s');
  });
});
