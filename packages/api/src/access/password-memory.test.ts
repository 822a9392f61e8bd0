import { expect } from 'chai';
import { ApiError } from '../errors.js';
import { PasswordMemory } from './password-memory.js';

describe('the memory of passwords', () => {
  /** Asks for one password; `judged` tells how many times it was looked at. */
  function remember(refusal: ApiError | null) {
    const memory = new PasswordMemory();
    let judged = 0;
    const judge = async () => {
      judged += 1;
      return refusal;
    };
    const ask = (isAboveLimit: boolean) => memory.verdictOn(['ivan', 'home', 'hash', 'pw'], judge, { isAboveLimit });
    return { ask, judged: () => judged };
  }

  it('asks once for a hundred requests with the right password, at once and one by one', async () => {
    const { ask, judged } = remember(null);
    await Promise.all(Array.from({ length: 50 }, () => ask(false)));
    for (let i = 0; i < 50; i++) expect(await ask(false)).to.equal(null);
    expect(judged()).to.equal(1);
  });

  it('asks each time above the limit, whether the right one was judged before or is being judged', async () => {
    const { ask, judged } = remember(null);
    await Promise.all([ask(false), ask(true), ask(true)]);
    expect(judged()).to.equal(3);
    await ask(true);
    expect(judged()).to.equal(4);
    await ask(false);
    expect(judged(), 'below the limit again').to.equal(4);
  });

  it('keeps a refused one above the limit as well, which tells a guesser nothing new', async () => {
    const { ask, judged } = remember(new ApiError('auth.failed'));
    for (const isAboveLimit of [false, true, true, false]) {
      expect((await ask(isAboveLimit))?.error).to.equal('auth.failed');
    }
    expect(judged()).to.equal(1);
  });

  it('keeps no verdict that says to come again later', async () => {
    const { ask, judged } = remember(new ApiError('request.throttled'));
    await ask(false);
    await ask(false);
    expect(judged()).to.equal(2);
  });
});
