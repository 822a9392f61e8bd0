import { expect } from 'chai';
import { ApiError } from './errors.js';
import { mapInSlices, runFor } from './slices.js';

describe('slices of long lists', () => {
  const rows = Array.from({ length: 10_000 }, (_, n) => n);
  const slowly = (milliseconds: number) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until);
  };

  it('end when the caller leaves: in the middle of a list, and before its turn', async () => {
    const caller = new AbortController();
    let made = 0;
    const make = () => {
      made += 1;
      slowly(0.1);
    };
    const lists = [1, 2].map(() => runFor(caller.signal, () => mapInSlices(rows, make)));
    const ends = Promise.allSettled(lists);
    setTimeout(() => caller.abort(), 50);
    for (const end of await ends) {
      expect(end.status === 'rejected' && end.reason)
        .to.be.instanceOf(ApiError)
        .and.include({ error: 'request.gone' });
    }
    expect(made).to.be.within(1, 9_000);
  });

  it('go on for the next caller, and for all when nobody can leave', async () => {
    const gone = AbortSignal.abort();
    const left = runFor(gone, () => mapInSlices(rows, (n) => n)).catch(() => 'gone');
    const stays = runFor(new AbortController().signal, () => mapInSlices(rows, (n) => n + 1));
    expect(await left).to.equal('gone');
    expect(await stays).to.deep.equal(rows.map((n) => n + 1));
    expect(await mapInSlices(rows, (n) => n)).to.deep.equal(rows);
  });
});
