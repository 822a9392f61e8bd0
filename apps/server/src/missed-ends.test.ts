import type { OpenMailing } from '@showroom/database';
import { expect } from 'chai';
import { createEndForecast } from './missed-ends.js';

describe('the forecast of missed ends', () => {
  const look = (at: number, left: number, endsInSeconds: number, more: Partial<OpenMailing> = {}): OpenMailing => ({
    id: 1,
    at,
    left,
    backlog: left,
    endsInSeconds,
    ...more,
  });

  it('counts what is left at the end at the rate of each mailing', () => {
    const forecast = createEndForecast();
    expect(forecast([look(0, 1_000, 100), look(0, 500, 1_000, { id: 2 })])).to.equal(0);
    // 5 a second for 80 more seconds; the other goes at 10 a second and has time.
    expect(forecast([look(20, 900, 80), look(20, 300, 980, { id: 2 })])).to.equal(500);
  });

  it('counts all that is due when nothing is sent, and nothing that is not due yet', () => {
    const forecast = createEndForecast();
    forecast([look(0, 1_000, 100)]);
    expect(forecast([look(20, 1_000, 80)])).to.equal(1_000);
    expect(forecast([look(40, 1_000, 60, { backlog: 0 })])).to.equal(0);
  });

  it('forgets what is older than five minutes, and begins anew when messages are put back', () => {
    const forecast = createEndForecast();
    for (let at = 0; at <= 600; at += 30) forecast([look(at, Math.max(4_000, 10_000 - at * 20), 10_000 - at)]);
    // It stands still for the last five minutes: what it did before does not count.
    expect(forecast([look(630, 4_000, 9_370)])).to.equal(4_000);
    expect(forecast([look(660, 5_000, 9_340)])).to.equal(0);
    expect(forecast([look(680, 4_900, 9_320)])).to.equal(0);
  });

  it('has no rate of a mailing seen for less than ten seconds, or seen again after it was gone', () => {
    const forecast = createEndForecast();
    forecast([look(0, 1_000, 10)]);
    expect(forecast([look(5, 1_000, 5)])).to.equal(0);
    forecast([]);
    expect(forecast([look(60, 1_000, 5)])).to.equal(0);
  });
});
