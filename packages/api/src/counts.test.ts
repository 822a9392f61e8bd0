import { setTimeout } from 'node:timers/promises';
import { sumUp } from '@showroom/database';
import { expect } from 'chai';
import fc from 'fast-check';
import { startApi, type TestApi } from './api.suite.js';
import { createRunningMailings } from './mailing/running.suite.js';

/** Everything that is counted without looking at each row, against what looking at each row finds. */
describe('counts', () => {
  let api: TestApi;
  let mailings: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    mailings = await createRunningMailings(api);
    await api.query(`INSERT INTO tags (name) VALUES ('one'), ('two')`);
    await api.query(`INSERT INTO codes (code) VALUES ('900'), ('901')`);
  });
  after(async () => {
    await mailings.close();
    await api.stop();
  });

  const addClients = (count: number) =>
    api.query(
      `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
       SELECT 79000000000 + n, 'UTC', 1 + n % 2, 1 + n % 2 FROM generate_series(1, ${count}) n`,
    );

  describe('of clients', () => {
    const where = `WHERE id IN (SELECT id FROM clients ORDER BY md5(id::text) LIMIT 3)`;
    const statements = {
      insert: `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
        SELECT n, (ARRAY['UTC', 'Asia/Omsk'])[1 + n % 2], 1 + n % 2, 2 - n % 2 FROM generate_series(1, 5) n`,
      insertNone: `INSERT INTO clients (phone_number, timezone, tag_id, code_id) SELECT 1, 'UTC', 1, 1 WHERE false`,
      move: `UPDATE clients SET timezone = 'Europe/Moscow', tag_id = 3 - tag_id ${where}`,
      touch: `UPDATE clients SET phone_number = '7' ${where}`,
      delete: `DELETE FROM clients ${where}`,
      truncate: 'TRUNCATE clients',
      fold: 'SELECT fold_client_counts()',
      undone: `BEGIN; DELETE FROM clients; ROLLBACK`,
    };

    it('are right after whatever statements', async () => {
      const names = fc.constantFrom(...(Object.keys(statements) as (keyof typeof statements)[]));
      await fc.assert(
        fc.asyncProperty(fc.array(names, { maxLength: 20 }), async (done) => {
          for (const name of done) await api.query(statements[name]);
          const [row] = await api.query<{ counted: string; kept: string }>(`
            SELECT
              (SELECT string_agg(concat_ws(' ', tag_id, code_id, timezone, n), ',' ORDER BY tag_id, code_id, timezone)
               FROM (SELECT tag_id, code_id, timezone, count(*) AS n FROM clients GROUP BY 1, 2, 3) AS c) AS counted,
              (SELECT string_agg(concat_ws(' ', tag_id, code_id, timezone, n), ',' ORDER BY tag_id, code_id, timezone)
               FROM (SELECT tag_id, code_id, timezone, sum(clients) AS n FROM client_counts GROUP BY 1, 2, 3
                     HAVING sum(clients) <> 0) AS c) AS kept`);
          expect(row!.kept).to.equal(row!.counted);
        }),
        { numRuns: 40 },
      );
    });

    it('are told of full pages, too', async () => {
      await api.query('TRUNCATE clients');
      await addClients(7);
      expect((await api.rest('GET', '/clients/?limit=2')).body.count).to.equal(7);
      expect((await api.rest('GET', '/statistic/')).body.clients).to.equal(7);
    });
  });

  describe('of messages', () => {
    before(async () => {
      await api.query('TRUNCATE clients');
      await addClients(2_500);
    });

    async function expectTrueStatistic(mailing: number) {
      const [looked] = await api.query<Record<string, number>>(
        `SELECT count(*)::int AS total, ${['pending', 'sent', 'failed', 'expired', 'canceled', 'unknown']
          .map((status) => `(count(*) FILTER (WHERE status = '${status}'))::int AS ${status}`)
          .join(', ')} FROM messages WHERE mailing_id = $1`,
        [mailing],
      );
      const { body } = await api.rest('GET', `/statistic/${mailing}/`);
      expect(body.messages).to.deep.equal(looked);
      for (const parts of [body.by_tag, body.by_code] as { messages: Record<string, number> }[][]) {
        const added = (status: string) => parts.reduce((sum, { messages }) => sum + messages[status]!, 0);
        expect(Object.fromEntries(Object.keys(looked!).map((status) => [status, added(status)]))).to.deep.equal(looked);
      }
      const sent = body.per_minute.reduce((sum: number, minute: { sent: number }) => sum + minute.sent, 0);
      expect(sent).to.equal(looked!.sent);
      const { results } = (await api.rest('GET', '/statistic/')).body;
      expect(results.find(({ id }: { id: number }) => id === mailing).messages).to.deep.equal(looked);
    }

    const sameEnds = (end: 'sent' | 'unknown', length: number) => Array.from({ length }, () => end);

    const summed = async (mailing: number) =>
      (
        await api.query<{ n: number }>(`SELECT count(*)::int AS n FROM ranges WHERE mailing_id = $1 AND summed`, [
          mailing,
        ])
      )[0]!.n;

    it('are left for later while somebody changes the mailing', async () => {
      const mailing = await mailings.start();
      for (const messages of [1_000, 1_000, 500]) await mailings.settle(mailing, sameEnds('sent', messages));
      await api.query(`UPDATE mailings SET status = 'completed', finished_at = now() WHERE id = $1`, [mailing]);
      await api.database.transaction(async (transaction) => {
        await api.database.sql('SELECT FROM mailings WHERE id = $1 FOR UPDATE', [mailing], transaction);
        await expectTrueStatistic(mailing);
        expect(await summed(mailing)).to.equal(0);
      });
      await expectTrueStatistic(mailing);
      expect(await summed(mailing)).to.be.greaterThan(0);
    });

    it('are true when an answer comes late, just as somebody sums up', async () => {
      const mailing = await mailings.start();
      const finished = (at: 'now()' | 'NULL') =>
        api.query(`UPDATE mailings SET finished_at = ${at} WHERE id = $1`, [mailing]);
      const [late] = await mailings.settle(mailing, sameEnds('unknown', 1_000));
      await finished('now()');
      await expectTrueStatistic(mailing);
      expect(await summed(mailing)).to.equal(1);
      await finished('NULL');
      for (const messages of [1_000, 500]) await mailings.settle(mailing, sameEnds('sent', messages));
      await finished('now()');
      let settling: Promise<void> | undefined;
      await api.database.transaction(async (transaction) => {
        await sumUp((statement, values) => api.database.sql(statement, values, transaction), mailing);
        settling = mailings.store.settle([{ rangeId: late!, messageId: late!, event: null, status: 'sent' }]);
        await setTimeout(100);
      });
      await settling;
      await expectTrueStatistic(mailing);
      await expectTrueStatistic(mailing);
    });

    it('are summed up when the mailing finishes, and anew when something changes after all', async () => {
      const mailing = await mailings.start();
      const ends = (end: 'sent' | 'failed' | 'unknown') => Array.from({ length: 1_000 }, () => end);
      await mailings.settle(mailing, ends('sent'));
      await expectTrueStatistic(mailing);
      expect(await summed(mailing), 'while few ranges are done').to.equal(0);
      await mailings.settle(mailing, ends('failed'));
      await mailings.settle(mailing, ends('unknown').slice(0, 500));
      expect((await mailings.store.finish(mailing)).kind).to.equal('finished');
      expect(await summed(mailing)).to.equal(3);
      await expectTrueStatistic(mailing);
      await expectTrueStatistic(mailing);

      await api.query('DELETE FROM clients WHERE id % 2 = 0');
      await expectTrueStatistic(mailing);
      await api.rest('POST', `/mailing/${mailing}/resolve/`, { as: 'sent' });
      await expectTrueStatistic(mailing);
      expect(await summed(mailing), 'by who asked').to.equal(3);
      const { body } = await api.rest('GET', `/statistic/${mailing}/`);
      const names = body.by_tag.map(({ name }: { name: string | null }) => name);
      expect(names, 'the tags at the start, also of clients that are gone').to.deep.equal(['one', 'two']);
      await api.rest('POST', `/mailing/${mailing}/retry/`);
      expect(await summed(mailing), 'what is sent again').to.equal(0);
      await expectTrueStatistic(mailing);
    });

    it('are summed up while it runs, when there are many', async () => {
      const mailing = await mailings.start();
      await api.query('UPDATE ranges SET done = true, sent = last_id - first_id + 1 WHERE mailing_id = $1', [mailing]);
      await api.query(`UPDATE messages SET status = 'sent', sent_at = now() WHERE mailing_id = $1`, [mailing]);
      await expectTrueStatistic(mailing);
      expect(await summed(mailing)).to.equal(0);
      // Laid out as if there were many: a range of a hundred or so each.
      await api.query(`
        WITH gone AS (DELETE FROM ranges WHERE mailing_id = ${mailing} RETURNING first_id, last_id)
        INSERT INTO ranges (mailing_id, first_id, last_id, done, sent)
        SELECT ${mailing}, id, least(id + 49, last_id), true, least(id + 49, last_id) - id + 1
        FROM gone, generate_series(first_id, last_id, 50) AS id`);
      await expectTrueStatistic(mailing);
      expect(await summed(mailing)).to.be.greaterThan(19);
      await expectTrueStatistic(mailing);
    });

    it('find the same messages by their ranges as one by one', async () => {
      const statuses = ['pending', 'sent', 'failed', 'expired', 'canceled', 'unknown'] as const;
      const gone = await mailings.start();
      const kept = await mailings.start();
      await api.query(`UPDATE messages SET status = (enum_range(NULL::message_status))[1 + (id * id + id / 700) % 6]`);
      await api.query(`UPDATE messages SET status = 'sent' WHERE id % 1000 < 900`);
      await api.query(`
        UPDATE ranges r SET ${statuses.slice(1).map((status) => `${status} = (SELECT count(*) FROM messages WHERE id BETWEEN first_id AND last_id AND status = '${status}')`)}`);
      await api.rest('DELETE', `/mailing/${gone}/`);
      const query = fc.record(
        {
          status: fc.constantFrom(...statuses),
          mailing_list: fc.constant(kept),
          limit: fc.constantFrom(1, 10, 500, 3_000),
          page: fc.integer({ min: 1, max: 40 }),
          after: fc.integer({ min: 0, max: 12_000 }),
        },
        { requiredKeys: ['limit'] },
      );
      const all = await api.query<{ id: number; status: string; mailing_id: number }>(`
        SELECT msg.id::int, msg.status, msg.mailing_id::int FROM messages msg JOIN mailings m ON m.id = msg.mailing_id
        WHERE m.deleted_at IS NULL ORDER BY msg.id`);
      await fc.assert(
        fc.asyncProperty(query, async ({ status, mailing_list, limit, page = 1, after }) => {
          const wanted = all.filter(
            (row) => (!status || row.status === status) && (!mailing_list || row.mailing_id === mailing_list),
          );
          const parameters = { status, mailing_list, limit, ...(after === undefined ? { page } : { after }) };
          const given = Object.entries(parameters).flatMap(([key, value]) =>
            value === undefined ? [] : [`${key}=${value}`],
          );
          const answer = await api.rest('GET', `/messages/?${given.join('&')}`);
          const offset = after === undefined ? (page - 1) * limit : wanted.filter(({ id }) => id <= after).length;
          if (after === undefined && page > 1 && offset >= wanted.length) {
            expect(answer.status).to.equal(404);
            return;
          }
          expect(answer.body.count).to.equal(wanted.length);
          expect(answer.body.results.map(({ id }: { id: number }) => id)).to.deep.equal(
            wanted.slice(offset, offset + limit).map(({ id }) => id),
          );
          expect(answer.body.next !== null).to.equal(offset + limit < wanted.length);
        }),
        { numRuns: 150 },
      );
    });
  });

  it('let every list be walked by key, and far into it by number', async () => {
    await api.query('TRUNCATE clients');
    await addClients(12_345);
    await api.query('DELETE FROM clients WHERE id % 3 = 0');
    for (const path of ['/clients/', '/tags/', '/codes/', '/mailing/', '/users/', '/permissions/', '/audit/']) {
      const limit = path === '/clients/' ? 3_000 : 3;
      const { body: whole } = await api.rest('GET', `${path}?limit=10000`);
      const walked: { id: number }[] = [];
      let next: string | null = `${path}?limit=${limit}&after=${path === '/audit/' ? Number.MAX_SAFE_INTEGER : 0}`;
      while (next) {
        const { body }: { body: { count: number; next: string | null; results: { id: number }[] } } = await api.rest(
          'GET',
          next,
        );
        expect(body.count, path).to.equal(whole.count);
        walked.push(...body.results);
        next = body.next?.replace(`${api.origin}/api/v1`, '') ?? null;
      }
      expect(walked, path).to.deep.equal(whole.results);
    }
    const ids = (await api.query<{ id: number }>('SELECT id::int FROM clients ORDER BY id')).map(({ id }) => id);
    await addClients(15_000);
    const more = (await api.query<{ id: number }>('SELECT id::int FROM clients ORDER BY id')).map(({ id }) => id);
    expect(ids.length).to.be.greaterThan(8_000);
    for (const page of [101, 110, 115, 150, 200, 'last']) {
      const { body } = await api.rest('GET', `/clients/?limit=100&page=${page}`);
      const offset = page === 'last' ? Math.floor((more.length - 1) / 100) * 100 : (Number(page) - 1) * 100;
      expect(
        body.results.map(({ id }: { id: number }) => id),
        String(page),
      ).to.deep.equal(more.slice(offset, offset + 100));
    }
  });

  it('takes no key that is none', async () => {
    const usual = (await api.rest('GET', '/tags/')).body;
    for (const key of ['', 'x', '-1', '1.5', '99999999999999999999'])
      expect((await api.rest('GET', `/tags/?after=${key}`)).body.results).to.deep.equal(usual.results);
    expect((await api.rest('GET', '/tags/?after=1')).body).to.deep.equal({
      count: 2,
      next: null,
      previous: null,
      results: [{ id: 2, name: 'two' }],
    });
  });
});
