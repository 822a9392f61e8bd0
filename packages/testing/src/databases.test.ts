import { expect } from 'chai';
import { createTestDatabase, type TestDatabase, withClient } from './databases.js';
import { waitFor } from './waiting.js';

describe('withClient', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase({ empty: true });
  });
  after(() => database.drop());

  it('fails the next statement, and nobody else, when the connection breaks between two', async () => {
    const failure = await withClient(database.url, async (client) => {
      const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
      await database.query('SELECT pg_terminate_backend($1)', [rows[0].pid]);
      await waitFor(
        async () => (await database.query('SELECT FROM pg_stat_activity WHERE pid = $1', [rows[0].pid])).length === 0,
      );
      await new Promise((heard) => setTimeout(heard, 50));
      return client.query('SELECT 1').then(
        () => 'none',
        (error: Error) => error.message,
      );
    });
    expect(failure).to.match(/not queryable|terminat/i);
  });
});
