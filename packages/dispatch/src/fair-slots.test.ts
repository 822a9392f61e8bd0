import { expect } from 'chai';
import { FairSlots } from './fair-slots.js';

describe('fair slots', () => {
  /** Takes all slots, lets everybody wait in this order, and tells who got one in which order. */
  async function turnsOf(waiters: { mailingId: number; claimedAt: number; name: string }[]): Promise<string[]> {
    const slots = new FairSlots(1);
    expect(slots.tryTake()).to.equal(true);
    expect(slots.tryTake()).to.equal(false);
    const turns: string[] = [];
    const waiting = waiters.map(({ name, ...turn }) => slots.take(turn).then(() => turns.push(name)));
    for (const _ of waiters) {
      slots.give();
      await new Promise(setImmediate);
    }
    await Promise.all(waiting);
    slots.give();
    expect(slots.tryTake(), 'the slot is free again').to.equal(true);
    return turns;
  }

  it('gives mailings their turn', async () => {
    const waiters = [
      { mailingId: 1, claimedAt: 1, name: 'one' },
      { mailingId: 1, claimedAt: 1, name: 'one again' },
      { mailingId: 1, claimedAt: 1, name: 'one once more' },
      { mailingId: 2, claimedAt: 2, name: 'two' },
    ];
    expect(await turnsOf(waiters)).to.deep.equal(['one', 'two', 'one again', 'one once more']);
  });

  it('lets a mailing’s oldest lease go first', async () => {
    const waiters = [
      { mailingId: 1, claimedAt: 20, name: 'young' },
      { mailingId: 1, claimedAt: 30, name: 'youngest' },
      { mailingId: 1, claimedAt: 10, name: 'old' },
    ];
    expect(await turnsOf(waiters)).to.deep.equal(['old', 'young', 'youngest']);
  });
});
