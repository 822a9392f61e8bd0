import { openDispatchStore, type PostgresDispatchStore } from '@showroom/database';
import { createTestDatabase, type TestDatabase } from '@showroom/testing';

const messages = Number(process.env.SCALE_MESSAGES ?? 200_000);
const batch = 250;

const variants: Record<string, string> = {
  'as it is': 'SELECT 1',
  'a BRIN index by client, none by reason': `
    DROP INDEX messages_client, messages_by_reason;
    CREATE INDEX messages_client_id ON messages USING brin (client_id) WITH (pages_per_range = 16, autosummarize = on)`,
};

/*
 * What a message costs in bytes, write-ahead log and time, step by step, by the statements that the product runs: at a
 * start, while it is sent in batches of 250, at an end that comes first, and when its mailing is purged. Beside it, the
 * same without the indexes that reads need.
 */
describe('scale', function () {
  this.timeout(3_600_000);

  for (const [name, change] of Object.entries(variants)) {
    it(name, async () => {
      const database = await createTestDatabase();
      const store = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
      try {
        await database.query(change);
        await addClients(database);
        await measure(name, database, store);
      } finally {
        await store.close();
        await database.drop();
      }
    });
  }
});

const addClients = async (database: TestDatabase) => {
  await database.query(`INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 10) n`);
  await database.query(`INSERT INTO codes (code) SELECT 900 + n FROM generate_series(1, 50) n`);
  await database.query(`
    INSERT INTO clients (phone_number, timezone, tag_id, code_id)
    SELECT 79000000000 + n, 'UTC', 1 + n % 10, 1 + n % 50 FROM generate_series(1, ${messages}) n`);
  await database.query('VACUUM ANALYZE');
};

async function measure(name: string, database: TestDatabase, store: PostgresDispatchStore): Promise<void> {
  const lines: string[] = [];
  async function step(what: string, work: () => Promise<unknown>): Promise<void> {
    await database.query('CHECKPOINT');
    const walBefore = await walAt();
    const startedAt = performance.now();
    await work();
    const micros = ((performance.now() - startedAt) * 1_000) / messages;
    const wal = (await walAt()) - walBefore;
    lines.push(`| ${what} | ${micros.toFixed(2)} | ${(wal / messages).toFixed(0)} | ${await sizes()} |`);
  }
  const walAt = async () =>
    (await database.query<{ at: number }>(`SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 AS at`))[0]!.at;
  const sizes = async () => {
    const rows = await database.query<{ name: string; bytes: number }>(
      `SELECT c.relname AS name, pg_relation_size(c.oid)::float8 AS bytes FROM pg_class c
       WHERE c.relname ~ '^(messages|ranges|retries)' AND c.relkind IN ('r', 'i') AND pg_relation_size(c.oid) > 8192 * 4
       ORDER BY 1`,
    );
    return rows.map((row) => `${row.name} ${(row.bytes / messages).toFixed(1)}`).join(', ');
  };
  const sent = await createMailing(database);
  await step('start', () => store.start(sent));
  await step('send', () => sendAll(store, sent));
  await step('VACUUM', () => database.query('VACUUM messages, ranges'));
  await step('purge', async () => {
    await database.query('UPDATE mailings SET deleted_at = now() WHERE id = $1', [sent]);
    while (!(await store.purge(sent)));
  });
  const missed = await createMailing(database);
  await step('start of another', () => store.start(missed));
  await step('end before it is sent', async () => {
    await database.query('UPDATE mailings SET end_at = clock_timestamp() WHERE id = $1', [missed]);
    await store.finish(missed);
  });
  process.stdout.write(
    `${name}, ${messages} messages\n| step | µs a message | WAL bytes | bytes a message, by table and index |\n| --- | ---: | ---: | --- |\n${lines.join('\n')}\n`,
  );
}

async function createMailing(database: TestDatabase): Promise<number> {
  const [row] = await database.query<{ id: number }>(
    `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status)
     VALUES (now(), now() + interval '1 d', 'x', false, false, 'scheduled') RETURNING id::int`,
  );
  return row!.id;
}

/** Range by range, as one lane does when the provider takes no time. */
async function sendAll(store: PostgresDispatchStore, mailing: number): Promise<void> {
  for (;;) {
    const range = await store.claim(mailing, { leaseMs: 30_000, idempotent: true });
    if (range.kind !== 'range') return;
    const { rangeId } = range.hold;
    for (let at = 0; at < range.messages.length; at += batch) {
      const part = range.messages.slice(at, at + batch);
      await store.mark(range.hold, part.at(-1)!.id);
      await store.settle(part.map(({ id }) => ({ rangeId, messageId: id, status: 'sent', event: null })));
    }
    await store.release(range.hold);
  }
}
