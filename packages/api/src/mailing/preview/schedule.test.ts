import { expect } from 'chai';
import fc from 'fast-check';
import { reckon, type Zone } from './schedule.js';

/** Second by second: the zone that closes first is served first. */
function simulate(zones: readonly Zone[], perSecond: number) {
  const left = zones.map(({ clients }) => clients);
  const end = Math.max(0, ...zones.flatMap(({ windows }) => windows.map(({ closes }) => closes)));
  for (let second = 0; second < end; second++) {
    const open = zones
      .map(({ windows }, zone) => ({
        zone,
        closes: windows.find((w) => w.opens <= second && second < w.closes)?.closes,
      }))
      .filter((each): each is { zone: number; closes: number } => each.closes !== undefined)
      .sort((a, b) => a.closes - b.closes);
    let free = perSecond;
    for (const { zone } of open) {
      const served = Math.min(free, left[zone]!);
      left[zone]! -= served;
      free -= served;
    }
  }
  return left.reduce((sum, clients) => sum + clients, 0);
}

const windows = fc
  .uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 8 })
  .map((moments) => moments.sort((a, b) => a - b))
  .map((moments) =>
    Array.from({ length: Math.floor(moments.length / 2) }, (_, n) => ({
      opens: moments[2 * n]!,
      closes: moments[2 * n + 1]!,
    })),
  );
const zones = fc.array(fc.record({ clients: fc.integer({ min: 1, max: 2_000 }), windows }), { maxLength: 5 });
const rate = fc.integer({ min: 1, max: 50 });

describe('reckoning a mailing', () => {
  it('takes audience ÷ rate without a window', () => {
    expect(reckon([{ clients: 100, windows: [{ opens: 0, closes: 3_600 }] }], 10)).to.deep.equal({
      lastAfter: 10,
      misses: 0,
    });
  });

  it('misses what the end leaves', () => {
    expect(reckon([{ clients: 100, windows: [{ opens: 0, closes: 6 }] }], 10)).to.deep.equal({
      lastAfter: 6,
      misses: 40,
    });
  });

  it('waits for a window, and serves first whose window closes first', () => {
    const early = { clients: 50, windows: [{ opens: 0, closes: 5 }] };
    const late = { clients: 50, windows: [{ opens: 0, closes: 60 }] };
    expect(reckon([late, early], 10)).to.deep.equal({ lastAfter: 10, misses: 0 });
    expect(reckon([{ clients: 10, windows: [{ opens: 100, closes: 200 }] }], 10).lastAfter).to.equal(101);
  });

  it('sends nothing to nobody, nor to whom no window opens', () => {
    expect(reckon([], 1)).to.deep.equal({ lastAfter: null, misses: 0 });
    expect(reckon([{ clients: 7, windows: [] }], 1)).to.deep.equal({ lastAfter: null, misses: 7 });
  });

  it('misses as many as going through it second by second does', () => {
    fc.assert(
      fc.property(zones, rate, (some, perSecond) => {
        expect(reckon(some, perSecond).misses).to.equal(simulate(some, perSecond));
      }),
      { numRuns: 500 },
    );
  });

  it('misses no more at a higher rate', () => {
    fc.assert(
      fc.property(zones, rate, rate, (some, one, more) => {
        expect(reckon(some, one + more).misses).to.be.at.most(reckon(some, one).misses);
      }),
    );
  });
});
