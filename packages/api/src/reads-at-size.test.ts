import { fillLedger, isOfEverybody, ledgerOf, readsAtSize } from '@showroom/testing';
import { expect } from 'chai';
import { startApi, type TestApi } from './api.suite.js';

const size = ledgerOf(50_000);

/**
 * What a read may cost, in rows that PostgreSQL reads for it. A page has a hundred or a thousand rows, a range a thousand
 * messages; there are 500 mailings, each of which may be counted, and half as many kept counts.
 */
const most = { messages: 3_500, clients: 5_000, client_counts: 1_000, message_events: 100, mailing_counts: 1_000 };
const mostInAll = 8_000;

type Rows = Record<string, number>;

describe('reads of 50,000 messages in 500 mailings', function () {
  this.timeout(120_000);
  let api: TestApi;
  before(async () => {
    api = await startApi({}, { onOneConnection: true });
    await fillLedger(api, size);
    // What failed before reasons were kept has none.
    await api.query(`UPDATE messages SET reason = NULL WHERE status = 'failed' AND mailing_id = 30`);
    await sumUpAll();
    await api.query('VACUUM ANALYZE');
  });
  after(() => api.stop());

  async function sumUpAll(): Promise<void> {
    for (let id = 1; id <= size.mailings; id++) await api.rest('GET', `/statistic/${id}/`);
  }

  /** By table: how many rows were read by going through all of it, and by its indexes. */
  async function rowsRead(): Promise<{ all: Rows; byIndex: Rows }> {
    await api.database.sql('SELECT pg_stat_force_next_flush()');
    const rows = await api.query<{ table: string; all: number; byIndex: number }>(
      `SELECT relname AS table, seq_tup_read::float8 AS all, coalesce(idx_tup_fetch, 0)::float8 AS "byIndex"
       FROM pg_stat_user_tables`,
    );
    const byTable = (which: 'all' | 'byIndex') => Object.fromEntries(rows.map((row) => [row.table, row[which]]));
    return { all: byTable('all'), byIndex: byTable('byIndex') };
  }

  /** What is wrong with the cost of a read. */
  async function judgeCost(path: string): Promise<string[]> {
    const before = await rowsRead();
    const { status } = await api.rest('GET', path);
    const now = await rowsRead();
    if (status !== 200) return [`answered ${status}`];
    const diff = (table: string) => ({
      all: now.all[table]! - before.all[table]!,
      read: now.all[table]! - before.all[table]! + now.byIndex[table]! - before.byIndex[table]!,
    });
    const isSmall = size.messages / 10;
    const tables = Object.keys(now.all);
    const wrong = tables.flatMap((table) => {
      const { all, read } = diff(table);
      const limit = (most as Rows)[table] ?? isSmall;
      return [
        ...(table === 'messages' && all > 0 ? [`went through all ${all} rows of messages`] : []),
        ...(read > limit ? [`read ${read} rows of ${table}`] : []),
      ];
    });
    const inAll = tables.reduce((sum, table) => sum + diff(table).read, 0);
    return inAll > mostInAll ? [...wrong, `read ${inAll} rows in all`] : wrong;
  }

  async function expectCheap(isShown: (path: string) => boolean): Promise<void> {
    const dear: Record<string, string[]> = {};
    for (const [name, pathOf] of Object.entries(readsAtSize)) {
      const path = pathOf(size, 3);
      if (!isShown(path) || (await judgeCost(path)).length === 0) continue;
      // Once more: another connection may have told late of what the test did before.
      const wrong = await judgeCost(path);
      if (wrong.length > 0) dear[`${name}, ${path}`] = wrong;
    }
    expect(dear).to.deep.equal({});
  }

  /** Each filter, in the middle by number and by key, against what looking at each row finds. */
  async function expectTrue(): Promise<void> {
    const filters = [undefined, 'pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'].flatMap((status) =>
      [undefined, 1, 3, 4, 30, 475].map((mailing) => ({ status, mailing })),
    );
    for (const { status, mailing } of filters) {
      const found = await api.query<{ id: number }>(
        `SELECT msg.id::int FROM messages msg JOIN mailings m ON m.id = msg.mailing_id
         WHERE m.deleted_at IS NULL AND m.purged_at IS NULL AND ($1::text IS NULL OR msg.status::text = $1)
           AND ($2::bigint IS NULL OR m.id = $2) ORDER BY 1`,
        [status, mailing],
      );
      const ids = found.map(({ id }) => id);
      const filter = `limit=50${status ? `&status=${status}` : ''}${mailing ? `&mailing_list=${mailing}` : ''}`;
      const list = async (part: string) => (await api.rest('GET', `/messages/?${filter}${part}`)).body;
      const idsOf = ({ results }: { results: { id: number }[] }) => results.map(({ id }) => id);
      for (const share of [0, 0.002, 0.5, 0.9]) {
        const page = Math.floor((ids.length * share) / 50) + 1;
        const numbered = await list(`&page=${page}`);
        expect(idsOf(numbered), `${filter}&page=${page}`).to.deep.equal(ids.slice((page - 1) * 50, page * 50));
        expect(numbered.count, filter).to.equal(ids.length);
        const after = ids[Math.floor(ids.length * share)] ?? 0;
        const next = ids.filter((id) => id > after).slice(0, 50);
        expect(idsOf(await list(`&after=${after}`)), `${filter}&after=${after}`).to.deep.equal(next);
      }
    }
  }

  it('find what there is, by each filter', expectTrue);

  it('read no more rows than they need', () => expectCheap(() => true));

  it('do so while the largest mailing is purged and another one is retained', async () => {
    await api.query('UPDATE mailings SET deleted_at = now() WHERE id = 1');
    await api.query(`DELETE FROM messages WHERE mailing_id = 1 AND id <= ${size.clients / 2}`);
    await api.query('UPDATE mailings SET purged_at = now() WHERE id = 37');
    await api.query('DELETE FROM messages WHERE mailing_id = 37 AND id % 2 = 0');
    await expectTrue();
    await expectCheap((path) => !isOfEverybody(path) && !/[=/]37(\/|&|$)/.test(path));
  });
});
