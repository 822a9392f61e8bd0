import type { TestDatabase } from './databases.js';

export interface LedgerSize {
  readonly mailings: number;
  readonly messages: number;
  readonly clients: number;
}

/** The sizes that are measured and tested: each client has about ten messages. */
export const ledgerOf = (messages: number): LedgerSize => ({
  mailings: 500,
  messages,
  clients: Math.max(100, messages / 10),
});

const reference = ({ clients }: LedgerSize) => [
  `INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 10) n`,
  `INSERT INTO codes (code) SELECT 900 + n FROM generate_series(1, 50) n`,
  `INSERT INTO clients (phone_number, timezone, tag_id, code_id)
   SELECT 79000000000 + n, (ARRAY['UTC', 'Europe/Moscow', 'Asia/Omsk'])[1 + n % 3], 1 + n % 10, 1 + n % 50
   FROM generate_series(1, ${clients}) n`,
];

// The first mailing is to everybody. The others share the rest unevenly: the largest has about a tenth, the smallest a
// thousandth of it. One in twenty expired, one in twenty-five was canceled; some run, are paused, or have not started.
const insertMailings = ({ mailings, messages, clients }: LedgerSize) => `
  WITH planned AS (
    SELECT i, 1 + (i * 197) % ${mailings} AS rank,
      CASE WHEN i > ${mailings} * 0.97 THEN 'scheduled' WHEN i > ${mailings} * 0.96 THEN 'paused'
        WHEN i > ${mailings} * 0.94 THEN 'running' WHEN i % 20 = 3 THEN 'expired' WHEN i % 25 = 4 THEN 'canceled'
        ELSE 'completed' END AS status
    FROM generate_series(1, ${mailings}) i),
  weighed AS (
    SELECT i, status, CASE WHEN status = 'scheduled' OR i = 1 THEN 0 ELSE 1.0 / (rank + 2) END AS weight FROM planned),
  sized AS (
    SELECT i, status, CASE WHEN i = 1 THEN ${clients} WHEN weight > 0 THEN
        least(${clients}, greatest(1, round(${messages - clients} * weight / (SELECT sum(weight) FROM weighed))))::bigint
      END AS size
    FROM weighed),
  placed AS (
    SELECT *, now() - interval '60 days' + i * interval '1 hour' AS start_at,
      sum(size) OVER (ORDER BY i) AS last_id FROM sized)
  INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at, first_message_id,
    last_message_id, tag_names, code_names, audience_snapshot)
  SELECT start_at, CASE WHEN status IN ('scheduled', 'running', 'paused') THEN now() + interval '1 day'
      ELSE start_at + interval '1 day' END, 'Mailing ' || i, false, false, status::mailing_status,
    CASE WHEN size IS NOT NULL THEN start_at END,
    CASE WHEN status IN ('completed', 'expired', 'canceled') THEN start_at + interval '1 day' END,
    CASE WHEN size IS NOT NULL THEN last_id - size + 1 END, CASE WHEN size IS NOT NULL THEN last_id END,
    CASE WHEN size IS NOT NULL THEN '{}'::text[] END, CASE WHEN size IS NOT NULL THEN '{}'::text[] END,
    CASE WHEN size IS NOT NULL THEN pg_current_snapshot() END
  FROM placed ORDER BY i`;

// Of what ended, one in a hundred failed, and a few are unknown or were canceled. Where a mailing expired or was canceled,
// its last part was. Of one that runs, whole ranges are sent, but for a few messages that wait for another attempt.
const insertMessages = ({ clients }: LedgerSize) => `
  INSERT INTO messages (id, mailing_id, client_id, status, reason, sent_at)
  SELECT id, mailing_id, client_id, status::message_status,
    (CASE status WHEN 'failed' THEN 'refused' WHEN 'unknown' THEN 'no_answer' WHEN 'expired' THEN 'end'
      WHEN 'canceled' THEN CASE WHEN mailing_status = 'canceled' THEN 'mailing_canceled' ELSE 'client_deleted' END
     END)::message_reason,
    CASE WHEN status = 'sent' THEN started_at + n * interval '100 us' END
  FROM (
    SELECT m.first_message_id + n AS id, m.id AS mailing_id, m.status AS mailing_status, m.started_at, n,
      1 + n * ${clients}::bigint / size + (m.id * 7) % greatest(1, ${clients} / size) AS client_id,
      CASE WHEN m.status = 'expired' AND n >= size * 0.9 THEN 'expired'
        WHEN m.status = 'canceled' AND n >= size * 0.7 THEN 'canceled'
        WHEN m.status = 'running' AND (n / 1000 >= size * 0.6 / 1000 OR n % 2000 = 5) THEN 'pending'
        WHEN m.status = 'paused' AND (n / 1000 >= size * 0.2 / 1000 OR n % 2000 = 5) THEN 'pending'
        WHEN n % 100 = 7 THEN 'failed' WHEN n % 5000 = 9 THEN 'unknown' WHEN n % 2500 = 11 AND m.status <> 'canceled' THEN 'canceled'
        ELSE 'sent' END AS status
    FROM mailings m, LATERAL (SELECT m.last_message_id - m.first_message_id + 1 AS size) AS s,
      generate_series(0, size - 1) AS n
    WHERE m.first_message_id IS NOT NULL) AS made
  ORDER BY id`;

const rest = [
  `INSERT INTO ranges (mailing_id, first_id, last_id, done, sent, failed, expired, canceled, unknown)
   SELECT msg.mailing_id, min(msg.id), max(msg.id), bool_and(msg.status <> 'pending'),
     count(*) FILTER (WHERE msg.status = 'sent'), count(*) FILTER (WHERE msg.status = 'failed'),
     count(*) FILTER (WHERE msg.status = 'expired'), count(*) FILTER (WHERE msg.status = 'canceled'),
     count(*) FILTER (WHERE msg.status = 'unknown')
   FROM messages msg JOIN mailings m ON m.id = msg.mailing_id
   GROUP BY msg.mailing_id, (msg.id - m.first_message_id) / 1000 ORDER BY 2`,
  `INSERT INTO retries (message_id, range_id, attempt, due_at, outcome, detail)
   SELECT msg.id, r.first_id, 1, now() + interval '1 hour', 'busy', 'HTTP 503'
   FROM ranges r JOIN messages msg ON msg.id BETWEEN r.first_id AND r.last_id
   WHERE NOT r.done AND r.sent > 0 AND msg.status = 'pending' AND (msg.id - r.first_id) = 5`,
  `INSERT INTO message_events (message_id, at, event, attempt, http_status, detail)
   SELECT id, now(), CASE status WHEN 'failed' THEN 'refused' ELSE status::text END, 1, 400, 'HTTP 400'
   FROM messages WHERE status IN ('failed', 'unknown') ORDER BY id`,
  `INSERT INTO mailing_audiences (mailing_id, kind, key, clients)
   SELECT msg.mailing_id, CASE WHEN GROUPING(c.tag_id) = 0 THEN 'tag' ELSE 'code' END, coalesce(c.tag_id, c.code_id), count(*)
   FROM messages msg JOIN clients c ON c.id = msg.client_id
   GROUP BY GROUPING SETS ((msg.mailing_id, c.tag_id), (msg.mailing_id, c.code_id))`,
  `SELECT setval('message_ids', (SELECT max(id) FROM messages))`,
];

/**
 * Fills an empty, migrated database with mailings of all sizes and statuses, as years of use would. Nothing is summed up.
 * It takes some ten seconds for a million messages.
 *
 * @example await fillLedger(database, ledgerOf(1_000_000));
 */
export async function fillLedger(database: Pick<TestDatabase, 'query'>, size: LedgerSize): Promise<void> {
  for (const statement of [...reference(size), insertMailings(size), insertMessages(size), ...rest]) {
    await database.query(statement);
  }
  await database.query('VACUUM ANALYZE');
}
