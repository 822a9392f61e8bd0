import { createTestDatabase, type TestDatabase, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { type Database, openDatabase } from './database.js';
import { brokenConstraint } from './violations.js';

describe('database', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await createTestDatabase();
    database = await openDatabase({ url: server.url });
    await server.query(`INSERT INTO tags (name) VALUES ('one'), ('two')`);
    await server.query(`INSERT INTO codes (code) VALUES ('900')`);
  });
  after(async () => {
    await database.close();
    await server.drop();
  });

  describe('transaction', () => {
    it('is done again when it and another waited for each other', async () => {
      let runs = 0;
      const renameBoth = (ids: number[], suffix: string, met: () => Promise<void>) =>
        database.transaction(async (transaction) => {
          runs += 1;
          for (const id of ids) {
            await database.sql('UPDATE tags SET name = name || $2 WHERE id = $1', [id, suffix], transaction);
            await met();
          }
        });
      const bothHold = meeting(2);
      await Promise.all([renameBoth([1, 2], 'a', bothHold), renameBoth([2, 1], 'b', bothHold)]);
      expect(runs).to.equal(3);
      const names = (await server.query<{ name: string }>('SELECT name FROM tags ORDER BY id')).map(({ name }) => name);
      expect(names.map((name) => [...name].sort().join(''))).to.deep.equal(['abeno', 'abotw']);
    });

    it('is undone when the work fails for another reason', async () => {
      const refusal = await database
        .transaction(async (transaction) => {
          await database.sql(`INSERT INTO tags (name) VALUES ('three')`, [], transaction);
          throw new Error('no');
        })
        .catch((error: Error) => error.message);
      expect(refusal).to.equal('no');
      expect(await server.query(`SELECT FROM tags WHERE name = 'three'`)).to.have.length(0);
    });
  });

  describe('statements of its own', () => {
    const client = { phoneNumber: '79001234567', timezone: 'UTC', codeId: 1, tagId: 1 };
    const insert = (values: typeof client) =>
      database.transaction((transaction) => database.clientRows.insert(values, transaction));

    it('give rows as the models do', async () => {
      const inserted = await insert(client);
      expect(inserted).to.deep.equal({ id: inserted.id, ...client });
      expect(await database.clientRows.find(inserted.id)).to.deep.equal(inserted);
      expect((await database.clients.findByPk(inserted.id))!.get({ plain: true })).to.deep.equal(inserted);
      expect(await database.clientRows.find(999_999)).to.equal(null);
    });

    it('tell which constraint was broken', async () => {
      const refusal = await insert({ ...client, tagId: 999 }).catch((error: unknown) => error);
      expect(brokenConstraint(refusal)).to.equal('clients_tag_id_fkey');
      expect(brokenConstraint(await database.sql('SELECT 1 / 0').catch((error: unknown) => error))).to.equal(null);
    });

    it('go on after all connections were cut, idle and busy ones', async () => {
      const busy = Array.from({ length: 4 }, () => database.sql('SELECT pg_sleep(10)').catch((error: Error) => error));
      await waitFor(
        async () =>
          (
            await server.query(
              `SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(10)%' AND pid <> pg_backend_pid()`,
            )
          ).length >= 4,
      );
      const cut = `
        SELECT count(pg_terminate_backend(pid))::int AS cut FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep(10)%'`;
      await server.query(cut);
      for (const failure of await Promise.all(busy)) expect(failure).to.be.instanceOf(Error);
      const asked = Array.from({ length: 8 }, () => database.sql<{ one: number }>('SELECT 1 AS one'));
      for (const [row] of await Promise.all(asked)) expect(row!.one).to.equal(1);
    });
  });
});

/** Waits until `size` have come; who comes later need not wait. */
function meeting(size: number): () => Promise<void> {
  let come = 0;
  let meet = () => {};
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  return () => {
    come += 1;
    if (come === size) meet();
    return met;
  };
}
