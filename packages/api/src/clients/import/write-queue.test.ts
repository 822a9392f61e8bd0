import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ApiError } from '../../errors.js';
import { createWriteQueue } from './write-queue.js';

describe('the queue of imports that write', () => {
  it('lets as many write at a time as there may be, first come, first served', async () => {
    const queue = createWriteQueue({ atOnce: 2, waitMs: 5_000 });
    let most = 0;
    let now = 0;
    const begun: number[] = [];
    const work = (n: number) =>
      queue.run(async () => {
        begun.push(n);
        most = Math.max(most, ++now);
        await sleep(5);
        now -= 1;
        return n;
      });
    expect(await Promise.all([0, 1, 2, 3, 4, 5].map(work))).to.deep.equal([0, 1, 2, 3, 4, 5]);
    expect([most, begun]).to.deep.equal([2, [0, 1, 2, 3, 4, 5]]);
  });

  it('goes on after work that fails', async () => {
    const queue = createWriteQueue({ atOnce: 1, waitMs: 5_000 });
    const failing = queue.run(() => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
    expect([await failing, await queue.run(async () => 'yes')]).to.deep.equal(['no', 'yes']);
  });

  it('refuses who has waited too long, and goes on after that', async () => {
    const queue = createWriteQueue({ atOnce: 1, waitMs: 20 });
    let end = () => {};
    const long = queue.run(() => new Promise<void>((resolve) => (end = resolve)));
    const late = () => queue.run(async () => {}).catch((error: ApiError) => `${error.error} ${error.retryAfter}`);
    expect(await Promise.all([late(), late()])).to.deep.equal(['import.busy 30', 'import.busy 30']);
    end();
    await long;
    expect(await queue.run(async () => 'free')).to.equal('free');
  });
});
