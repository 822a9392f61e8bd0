import { Instant } from '@showroom/contract';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type Database, openDatabase } from './database.js';

describe('timestamps', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
  });
  after(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const startAt = new Instant(Date.UTC(2099, 0, 1, 10, 0, 0, 123), 456);
  const written = '2099-01-01T10:00:00.123456Z';

  it('are kept to the microsecond, written and read by models and by SQL', async () => {
    const endAt = new Date('2099-01-02T10:00:00Z');
    const { id } = await database.mailings.create({ startAt, endAt, text: 'x', byTag: false, byCode: false });
    const [row] = await testDatabase.query<{ text: string }>('SELECT start_at::text AS text FROM mailings');
    expect(row?.text).to.match(/ 10:00:00\.123456/);
    const mailing = await database.mailings.findByPk(id);
    expect(mailing?.startAt.toISOString()).to.equal(written);
    expect(mailing?.endAt.toISOString()).to.equal('2099-01-02T10:00:00.000Z');
    const [selected] = await database.sql<{ start_at: Date }>('SELECT start_at FROM mailings');
    expect(selected?.start_at.toISOString()).to.equal(written);
  });

  it('differ when only their microseconds do', async () => {
    const mailing = await database.mailings.findOne({ rejectOnEmpty: true });
    await mailing.update({ startAt: new Instant(startAt.getTime(), 457) });
    expect((await mailing.reload()).startAt.toISOString()).to.equal('2099-01-01T10:00:00.123457Z');
  });
});
