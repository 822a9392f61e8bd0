import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { generate } from '../generate/generate.js';

describe('the generated part of the sdk', () => {
  it('is what the contract says', () => {
    const squeeze = (text: string) =>
      text
        .replaceAll(/[\s,;|]+/g, ' ')
        .replaceAll(/'(\w+)':/g, '$1:')
        .trim();
    for (const { path, text } of generate()) {
      const file = readFileSync(path, 'utf8');
      const words = (given: string) =>
        squeeze(given)
          .replaceAll(/["'()]/g, '')
          .split(' ')
          .filter(Boolean)
          .sort()
          .join(' ');
      expect(words(file), `${path}: run npm run sdk`).to.equal(words(text));
    }
  });
});
