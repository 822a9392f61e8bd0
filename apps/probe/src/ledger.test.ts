import { expect } from 'chai';
import { createLedger } from './ledger.js';

const message = (id: number, phone = 79_001_234_567) => ({ id, phone, text: `text ${id}` });

describe('probe ledger', () => {
  it('counts requests, accepted messages, distinct ids and duplicates apart', () => {
    const ledger = createLedger({ inboxSize: 10, now: () => 1_000 });
    for (const id of [1, 2, 2, 3, 2]) {
      const arrival = ledger.arrive();
      arrival.accept(message(id));
      arrival.leave(200);
    }
    ledger.arrive().leave(500);
    expect(ledger.counts()).to.deep.equal({
      requests: 6,
      accepted: 5,
      unique: 3,
      duplicates: 2,
      after_end: 0,
      answers: { 200: 5, 500: 1 },
      in_flight: 0,
      max_in_flight: 1,
      first_at: '1970-01-01T00:00:01.000Z',
      last_at: '1970-01-01T00:00:01.000Z',
    });
  });

  it('counts what arrives at or after the end as late', () => {
    let nowMs = 999;
    const ledger = createLedger({ inboxSize: 10, now: () => nowMs });
    ledger.endMs = 1_000;
    ledger.arrive();
    nowMs = 1_000;
    ledger.arrive();
    nowMs = 1_001;
    ledger.arrive();
    expect(ledger.counts().after_end).to.equal(2);
  });

  it('lets requests from before a reset write to the run that is gone, and stay in flight', () => {
    const ledger = createLedger({ inboxSize: 10 });
    const early = ledger.arrive();
    ledger.reset();
    expect(ledger.counts()).to.include({ requests: 0, in_flight: 1, max_in_flight: 1 });
    early.accept(message(1));
    early.leave(200);
    expect(ledger.counts()).to.deep.include({ requests: 0, accepted: 0, in_flight: 0, answers: {} });
  });

  it('keeps the last messages only, newest first, and finds them by phone and id', () => {
    const ledger = createLedger({ inboxSize: 3 });
    for (let id = 1; id <= 5; id += 1) ledger.arrive().accept(message(id, id % 2));
    const idsOf = (query: { phone?: number; id?: number; limit?: number }) =>
      ledger.messages({ limit: 100, ...query }).map(({ id }) => id);
    expect(idsOf({})).to.deep.equal([5, 4, 3]);
    expect(idsOf({ limit: 2 })).to.deep.equal([5, 4]);
    expect(idsOf({ phone: 1 })).to.deep.equal([5, 3]);
    expect(idsOf({ id: 4 })).to.deep.equal([4]);
    expect(idsOf({ id: 1 })).to.deep.equal([]);
  });

  it('takes a run of a million messages with the inbox bounded', () => {
    const ledger = createLedger({ inboxSize: 1_000 });
    for (let id = 1; id <= 1_000_000; id += 1) ledger.arrive().accept(message(id));
    expect(ledger.counts()).to.include({ requests: 1_000_000, unique: 1_000_000, duplicates: 0 });
    expect(ledger.messages({ limit: 10_000 })).to.have.length(1_000);
  });
});
