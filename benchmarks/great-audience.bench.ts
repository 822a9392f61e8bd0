import { openDispatchStore } from '@showroom/database';
import { createTestDatabase } from '@showroom/testing';

const clients = Number(process.env.GREAT_AUDIENCE ?? 0);
const step = 1_000_000;

/*
 * The start of a mailing to more clients than one statement could hold in an array: the very statements of the product. The
 * clients are made without the triggers and the other indexes, which the start does not use; that saves an hour. Runs only
 * with GREAT_AUDIENCE=100000000; it takes half an hour and 40 GB.
 */
describe('a great audience', function () {
  this.timeout(0);

  it('starts', async function () {
    if (clients === 0) this.skip();
    const database = await createTestDatabase();
    const store = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
    try {
      await database.query(`INSERT INTO tags (name) VALUES ('a')`);
      await database.query(`INSERT INTO codes (code) VALUES ('900')`);
      await database.query('ALTER TABLE clients DISABLE TRIGGER ALL');
      await database.query('DROP INDEX clients_tag, clients_code, clients_tag_code');
      for (let first = 1; first <= clients; first += step) {
        await database.query(
          `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
           SELECT 70000000000 + n, 'UTC', 1, 1 FROM generate_series($1::bigint, $2::bigint) n`,
          [first, Math.min(clients, first + step - 1)],
        );
      }
      await database.query('VACUUM ANALYZE clients');
      const [row] = await database.query<{ id: number }>(
        `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
         VALUES (now(), now() + interval '1 day', 'x', false, false) RETURNING id::int`,
      );
      const startedAt = performance.now();
      const result = await store.start(row!.id);
      const seconds = (performance.now() - startedAt) / 1_000;
      if (result.kind !== 'started' || result.audience !== clients) throw new Error(JSON.stringify(result));
      process.stdout.write(`${clients} clients: started in ${seconds.toFixed(0)} s\n`);
    } finally {
      await store.close();
      await database.drop();
    }
  });
});
