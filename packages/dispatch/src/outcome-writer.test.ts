import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { silentLogger } from './logger.js';
import { OutcomeWriter } from './outcome-writer.js';
import type { Settlement } from './store.js';

const outcome = (messageId: number): Settlement => ({ rangeId: 1, messageId, event: null, status: 'sent' });

describe('outcome writer', () => {
  const flushEveryMs = 500;
  let written: number[][];
  let failures: number;
  const store = {
    settle: async (settlements: readonly Settlement[]) => {
      await sleep(10);
      if (failures-- > 0) throw new Error('away');
      written.push(settlements.map(({ messageId }) => messageId));
    },
  };
  const createWriter = () => new OutcomeWriter(store, flushEveryMs, silentLogger);

  beforeEach(() => {
    written = [];
    failures = 0;
  });

  it('gathers outcomes, and writes them at once for who waits', async () => {
    const writer = createWriter();
    for (const id of [1, 2, 3]) writer.push(outcome(id));
    await sleep(50);
    expect(written).to.deep.equal([]);
    await writer.flushed();
    expect(written).to.deep.equal([[1, 2, 3]]);
    await writer.flushed();
    expect(written).to.have.length(1);
  });

  it('writes what nobody waits for', async () => {
    createWriter().push(outcome(1));
    await sleep(flushEveryMs + 100);
    expect(written).to.deep.equal([[1]]);
  });

  it('does not have a lane wait for what others push meanwhile', async () => {
    const writer = createWriter();
    let last = 0;
    const others = setInterval(() => writer.push(outcome(++last)), 1);
    try {
      await sleep(30);
      for (let range = 0; range < 5; range++) {
        const startedAt = performance.now();
        const mine = -1 - range;
        writer.push(outcome(mine));
        await writer.flushed();
        expect(written.flat()).to.include(mine);
        expect(performance.now() - startedAt).to.be.lessThan(flushEveryMs / 2);
      }
    } finally {
      clearInterval(others);
      await writer.flushed();
    }
    const ids = written.flat().filter((id) => id > 0);
    expect(ids).to.deep.equal(Array.from({ length: last }, (_, n) => n + 1));
  });

  it('keeps what the store does not take, and its order', async () => {
    failures = 2;
    const writer = createWriter();
    writer.push(outcome(1));
    const first = writer.flushed();
    await sleep(20);
    writer.push(outcome(2));
    await Promise.all([first, writer.flushed()]);
    expect(written).to.deep.equal([[1], [2]]);
  });
});
