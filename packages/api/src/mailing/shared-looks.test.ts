import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { SharedLooks } from './shared-looks.js';

const everyMs = 200;

describe('shared looks', () => {
  let looks: number[][];
  let state: Map<number, string>;
  let failure: Error | null;
  let failures: unknown[];
  let shared: SharedLooks<string>;
  beforeEach(() => {
    looks = [];
    failures = [];
    failure = null;
    state = new Map([
      [1, 'a'],
      [2, 'b'],
    ]);
    shared = new SharedLooks({
      look: async (ids) => {
        looks.push(ids);
        await sleep(5);
        if (failure) throw failure;
        return new Map(state);
      },
      isSame: (one, other) => one === other,
      onFailure: (error) => failures.push(error),
      everyMs,
    });
  });

  /** Follows until the signal aborts, and tells what it was told so far. */
  function follow(id: number, signal: AbortSignal) {
    const told: (string | null)[] = [];
    const ended = (async () => {
      for await (const each of shared.follow(id, signal)) told.push(each);
    })();
    return { told, ended };
  }

  it('look once per interval, however many watch, and at everything in one query', async () => {
    const stop = new AbortController();
    setMaxListeners(0, stop.signal);
    const watchers = Array.from({ length: 200 }, (_, n) => follow(1 + (n % 2), stop.signal));
    await sleep(4 * everyMs);
    expect(looks.length).to.be.within(3, 5);
    for (const ids of looks) expect(ids).to.have.members([1, 2]);
    state.set(1, 'c');
    await sleep(3 * everyMs);
    stop.abort();
    await Promise.all(watchers.map(({ ended }) => ended));
    expect(watchers[0]!.told).to.deep.equal(['a', 'c']);
    expect(watchers[198]!.told).to.deep.equal(['a', 'c']);
    expect(watchers[199]!.told).to.deep.equal(['b']);
  });

  it('tell a newcomer at once what the others know', async () => {
    const stop = new AbortController();
    follow(1, stop.signal);
    await sleep(everyMs / 2);
    const before = looks.length;
    const { told } = follow(1, stop.signal);
    await new Promise(setImmediate);
    expect(told).to.deep.equal(['a']);
    expect(looks.length).to.equal(before);
    stop.abort();
  });

  it('end with the last watcher, and begin anew with the next', async () => {
    const [one, other] = [new AbortController(), new AbortController()];
    follow(1, one.signal);
    follow(1, other.signal);
    await sleep(everyMs / 2);
    one.abort();
    await sleep(2 * everyMs);
    const sharedStill = looks.length;
    expect(sharedStill).to.be.above(1);
    other.abort();
    await sleep(3 * everyMs);
    expect(looks.length).to.be.at.most(sharedStill + 1);
    state.set(1, 'c');
    const again = new AbortController();
    const { told } = follow(1, again.signal);
    await sleep(everyMs / 2);
    expect(told).to.deep.equal(['c']);
    again.abort();
  });

  it('fail for everybody who waits for the first, and are made again later', async () => {
    const stop = new AbortController();
    failure = new Error('the database is away');
    const first = [follow(1, stop.signal), follow(1, stop.signal)];
    for (const { ended } of first) expect(await ended.catch((error: unknown) => error)).to.equal(failure);
    failure = null;
    const { told } = follow(1, stop.signal);
    await sleep(everyMs / 2);
    failure = new Error('the database is away again');
    await sleep(3 * everyMs);
    state.set(1, 'c');
    failure = null;
    await sleep(3 * everyMs);
    expect(told).to.deep.equal(['a', 'c']);
    expect(failures.length).to.be.above(2);
    stop.abort();
  });

  it('tell a slow watcher the newest alone', async () => {
    const stop = new AbortController();
    const steps = shared.follow(1, stop.signal);
    expect((await steps.next()).value).to.equal('a');
    for (const next of ['b', 'c', 'd']) {
      state.set(1, next);
      await sleep(2.5 * everyMs);
    }
    expect((await steps.next()).value).to.equal('d');
    await steps.return();
    const before = looks.length;
    await sleep(3 * everyMs);
    expect(looks.length, 'a loop that is left stops the looks').to.be.at.most(before + 1);
  });

  it('tell that something is not there, or not any more', async () => {
    const stop = new AbortController();
    const [never, once] = [follow(9, stop.signal), follow(1, stop.signal)];
    await sleep(everyMs / 2);
    state.delete(1);
    await sleep(3 * everyMs);
    expect(never.told).to.deep.equal([null]);
    expect(once.told).to.deep.equal(['a', null]);
    stop.abort();
  });
});
