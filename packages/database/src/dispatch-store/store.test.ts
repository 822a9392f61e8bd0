import { testDispatchStore } from '@showroom/dispatch/suite';
import { createTestDatabase } from '@showroom/testing';
import { openDatabase } from '../database.js';
import { withdrawClient } from '../ledger/withdraw.js';
import { openDispatchStore, type PostgresDispatchStore } from './store.js';

testDispatchStore('postgresql', async () => {
  const database = await createTestDatabase();
  const [code] = await database.query<{ id: string }>(`INSERT INTO codes (code) VALUES ('900') RETURNING id`);
  const [tag] = await database.query<{ id: string }>(`INSERT INTO tags (name) VALUES ('vip') RETURNING id`);
  const open = new Set<PostgresDispatchStore>();
  const api = await openDatabase({ url: database.url });
  const inMs = (ms: number) => `clock_timestamp() + ${ms} * interval '1 ms'`;
  return {
    openWorker: async () => {
      const store = await openDispatchStore({ url: database.url, onConnectionError: () => {} });
      open.add(store);
      const die = async () => {
        // With a time to wait, or the backend may still hold its lock when the statement is over.
        await database.query(
          `SELECT pg_terminate_backend(pid, 10000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
           WHERE d.datname = current_database() AND locktype = 'advisory' AND objid = ${store.workerId}`,
        );
      };
      return { store, die };
    },
    addClients: async (count) => {
      const rows = await database.query<{ id: string }>(
        `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
         SELECT 79000000000 + n, 'UTC', $2, $3 FROM generate_series(1, $1::int) AS n RETURNING id`,
        [count, code?.id, tag?.id],
      );
      return rows.map(({ id }) => Number(id));
    },
    changeNumber: async (id, phone) =>
      void (await database.query('UPDATE clients SET phone_number = $2 WHERE id = $1', [id, phone])),
    removeClient: (id) =>
      api.transaction(async (transaction) => {
        await api.sql('DELETE FROM clients WHERE id = $1', [id], transaction);
        await withdrawClient((statement, values) => api.sql(statement, values, transaction), id);
      }),
    addMailing: async ({ startsInMs, endsInMs, text = 'hello' }) => {
      const rows = await database.query<{ id: string }>(
        `INSERT INTO mailings (start_at, end_at, text, by_tag, by_code)
         VALUES (${inMs(startsInMs)}, ${inMs(endsInMs)}, $1, false, false) RETURNING id`,
        [text],
      );
      return Number(rows[0]?.id);
    },
    changeMailing: async (id, { endsInMs, text, deleted, status }) => {
      if (endsInMs !== undefined) {
        await database.query(`UPDATE mailings SET start_at = '-infinity', end_at = ${inMs(endsInMs)} WHERE id = $1`, [
          id,
        ]);
      }
      if (text !== undefined) await database.query('UPDATE mailings SET text = $2 WHERE id = $1', [id, text]);
      if (status) await database.query('UPDATE mailings SET status = $2 WHERE id = $1', [id, status]);
      if (deleted) await database.query('UPDATE mailings SET deleted_at = clock_timestamp() WHERE id = $1', [id]);
    },
    stopSending: async () =>
      void (await database.query(`INSERT INTO sending_stop (reason, stopped_by) VALUES ('wrong text', 'ivan')`)),
    resumeSending: async () => void (await database.query('DELETE FROM sending_stop')),
    mailingStatus: async (id) =>
      (await database.query<{ status: 'running' }>('SELECT status FROM mailings WHERE id = $1', [id]))[0]?.status ??
      null,
    messageStatuses: async (id) =>
      (
        await database.query<{ status: 'sent' }>('SELECT status FROM messages WHERE mailing_id = $1 ORDER BY id', [id])
      ).map(({ status }) => status),
    messageReasons: async (id) =>
      (
        await database.query<{ reason: 'refused' | null }>(
          'SELECT reason FROM messages WHERE mailing_id = $1 ORDER BY id',
          [id],
        )
      ).map(({ reason }) => reason),
    close: async () => {
      await Promise.all([...open].map((store) => store.close()));
      await api.close();
      await database.drop();
    },
  };
});
