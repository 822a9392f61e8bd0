import { expect } from 'chai';
import { newKey } from './key.js';

describe('a key of a call', () => {
  const keys = Array.from({ length: 1_000 }, newKey);

  it('is a UUID of version 4, and another one each time', () => {
    for (const key of keys) expect(key).to.match(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('uses every random bit', () => {
    const digits = keys.map((key) => key.replaceAll('-', ''));
    for (let at = 0; at < 32; at++) {
      const seen = new Set(digits.map((each) => each[at]));
      expect(seen.size, `digit ${at}`).to.equal(at === 12 ? 1 : at === 16 ? 4 : 16);
    }
  });
});
