import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase, withClient } from '@showroom/testing';
import { expect } from 'chai';
import type pg from 'pg';
import { migrateDatabase } from './migrate.js';

/** How many clients, and as many messages. `npm run live-migration` takes a million. */
const rows = Number(process.env.MIGRATION_ROWS ?? 50_000);
const mostMs = 1_000;

/** What is in use while the database is migrated: each statement again and again, on a connection of its own. */
const statements = {
  'reads clients': 'SELECT phone_number FROM clients WHERE tag_id = 1 ORDER BY id LIMIT 20',
  'reads mailings': 'SELECT id, status FROM mailings ORDER BY id LIMIT 50',
  'reads messages': 'SELECT count(*) FROM messages WHERE id BETWEEN 1 AND 1000',
  'writes clients': `INSERT INTO clients (phone_number, timezone, code_id, tag_id) VALUES ('79999999999', 'UTC', 1, 1)`,
  'changes clients': 'UPDATE clients SET tag_id = 3 - tag_id WHERE id = (SELECT 1 + floor(random() * 1000)::bigint)',
  'writes mailings': `UPDATE mailings SET text = 'new' WHERE id = (SELECT 1 + floor(random() * 500)::bigint)`,
  'writes outcomes': `UPDATE messages SET status = 'sent', sent_at = now() WHERE id = (SELECT 1 + floor(random() * 40000)::bigint)`,
  'leases ranges':
    'UPDATE ranges SET leased_until = now() WHERE first_id = (SELECT 1 + 1000 * floor(random() * 40)::bigint)',
  'writes the audit': `INSERT INTO audit (action, username, address, operation, resource) VALUES ('create', 'a', '', '', '')`,
  'signs in': `UPDATE users SET last_login = now() WHERE username = 'a'`,
  'renames tags': `UPDATE tags SET name = name WHERE id = 1`,
  'looks at providers': `UPDATE providers SET state = state`,
};

/** An old database, as full as it was when its upgrade was in the way of everybody. */
async function fill(database: TestDatabase): Promise<void> {
  await migrateDatabase(database.url, { to: '0008-operation' });
  await database.query(`
    INSERT INTO users (username, password) VALUES ('a', '');
    INSERT INTO tags (name) VALUES ('vip'), ('new');
    INSERT INTO codes (code) VALUES ('900');
    INSERT INTO providers (name) VALUES ('probe');
    INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at)
    SELECT now(), now() + interval '1 day', 'hello', true, false, 'running', now() FROM generate_series(1, 500);
    INSERT INTO mailing_tags SELECT id, 1 FROM mailings;`);
  await database.query(`
    INSERT INTO clients (phone_number, timezone, code_id, tag_id)
    SELECT 79000000000 + n, 'UTC', 1, 1 + n % 2 FROM generate_series(1, ${rows}) n`);
  await database.query(`
    INSERT INTO messages (id, mailing_id, client_id) SELECT n, 1 + n % 500, n FROM generate_series(1, ${rows}) n`);
  await database.query(`
    INSERT INTO ranges (mailing_id, first_id, last_id, timezone)
    SELECT 1, n, n + 999, 'CET' FROM generate_series(1, ${rows}, 1000) n`);
  await database.query(`
    INSERT INTO audit (action, username, address, operation, resource)
    SELECT 'create', 'a', '127.0.0.1', 'client_create', 'client' FROM generate_series(1, ${rows}) n`);
}

describe(`the migration of a database of ${rows} rows in use`, function () {
  this.timeout(0);

  it('lets no reader and no writer wait for more than a second', async () => {
    const database = await createTestDatabase({ empty: true });
    await fill(database);
    const longestMs = new Map<string, number>();
    const counts = new Map<string, number>();
    let isOver = false;
    const users = Object.entries(statements).map(([what, sql]) =>
      withClient(database.url, async (client) => {
        while (!isOver) {
          const tookMs = await timed(client, sql);
          longestMs.set(what, Math.max(longestMs.get(what) ?? 0, tookMs));
          counts.set(what, (counts.get(what) ?? 0) + 1);
          await sleep(2);
        }
      }),
    );
    // Transactions that are open for a moment hold locks, as those of the API do.
    const holder = withClient(database.url, async (client) => {
      while (!isOver) {
        await client.query('BEGIN; UPDATE mailings SET text = text WHERE id = 500; SELECT FROM audit LIMIT 1');
        await sleep(150);
        await client.query('COMMIT');
        await sleep(20);
      }
    });
    await sleep(500);
    const startedAt = performance.now();
    try {
      expect(await migrateDatabase(database.url)).to.include('0012-as-of-the-start');
    } finally {
      isOver = true;
      await Promise.all([...users, holder]);
    }
    const seconds = (performance.now() - startedAt) / 1_000;
    const table = [...longestMs].map(([what, ms]) => `${what}: ${counts.get(what)}, at most ${Math.round(ms)} ms`);
    if (process.env.MIGRATION_ROWS) process.stdout.write(`${seconds.toFixed(1)} s\n${table.join('\n')}\n`);
    expect([...counts.keys()]).to.have.members(Object.keys(statements));
    expect(Math.max(...longestMs.values()), table.join('\n')).to.be.below(mostMs);
    await database.drop();
  });
});

async function timed(client: pg.Client, sql: string): Promise<number> {
  const startedAt = performance.now();
  await client.query(sql);
  return performance.now() - startedAt;
}
