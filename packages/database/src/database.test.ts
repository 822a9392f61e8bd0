import { createTestDatabase, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type Database, openDatabase } from './database.js';

describe('transaction', () => {
  let server: TestDatabase;
  let database: Database;
  before(async () => {
    server = await createTestDatabase();
    database = await openDatabase({ url: server.url });
    await server.query(`INSERT INTO tags (name) VALUES ('one'), ('two')`);
  });
  after(async () => {
    await database.close();
    await server.drop();
  });

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
