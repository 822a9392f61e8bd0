import { expect } from 'chai';
import { backoffMs } from './backoff.js';

const policy = { first: 1_000, longest: 60_000 };

describe('backoff', () => {
  it('doubles its ceiling with every attempt, up to the longest', () => {
    const ceilings = [1, 2, 3, 10].map((attempts) => backoffMs(policy, attempts, 0, () => 1));
    expect(ceilings).to.deep.equal([1_000, 2_000, 4_000, 60_000]);
  });

  it('draws from the whole span', () => {
    expect(backoffMs(policy, 3, 0, () => 0.25)).to.equal(1_000);
  });

  it('never waits less than the provider asked for', () => {
    expect(backoffMs(policy, 1, 7_000, () => 0.5)).to.equal(7_000);
  });
});
