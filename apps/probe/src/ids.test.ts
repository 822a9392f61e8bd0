import { expect } from 'chai';
import { createIdSet } from './ids.js';

describe('probe id set', () => {
  it('knows which ids are new, as a Set does', () => {
    const ids = createIdSet();
    const known = new Set<number>();
    let state = 1;
    for (let turn = 0; turn < 50_000; turn += 1) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const id = state % 2 === 0 ? state % 10_000 : state * 1_000_003;
      expect(ids.add(id)).to.equal(!known.has(id));
      known.add(id);
    }
    expect(ids.size).to.equal(known.size);
  });

  it('takes the odd ones: zero, negatives, the ends of the safe integers', () => {
    const ids = createIdSet();
    const odd = [0, -1, 31, 32, -32, -33, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, 2 ** 37];
    expect(odd.map((id) => ids.add(id))).to.deep.equal(odd.map(() => true));
    expect(odd.map((id) => ids.add(id))).to.deep.equal(odd.map(() => false));
  });

  it('holds a million contiguous ids in less than 2 MB', () => {
    const ids = createIdSet();
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 5_000_000; id < 6_000_000; id += 1) ids.add(id);
    expect(ids.size).to.equal(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(2_000_000);
  });
});
