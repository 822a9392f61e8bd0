import type { TestApi } from '../api.suite.js';

/** Names that rows have from the start; their ids count from 1. */
export const rows = {
  tags: ['vip', 'новые', '😀', 'a b/c?d'],
  codes: ['900', '901', '+7', 'код'],
  groups: ['editors', 'writers', 'читатели', 'none'],
  users: ['plain', 'ivan', 'мария', 'a.b+c@d-e_f'],
};

export interface Ground {
  /** Of every row of every table that a refused request leaves alone: the same exactly when nothing has changed. */
  fingerprint(): Promise<string>;
  /** Makes the tables what they were, the superuser included. */
  restore(): Promise<void>;
}

/** Rows of every kind for odd requests to meet, and the means to watch them and to get them back. */
export async function layGround(api: TestApi): Promise<Ground> {
  await createRows(api);
  const tables = await listTables(api);
  await api.query('CREATE SCHEMA kept');
  for (const table of tables) await api.query(`CREATE TABLE kept.${table} AS TABLE public.${table}`);

  const contents = tables
    .filter((table) => !isToldOfRefusals(table))
    .map((table) => `coalesce((SELECT string_agg(t::text, chr(10) ORDER BY t::text) FROM public.${table} t), '')`);
  const fingerprint = `SELECT md5(concat_ws('|', ${contents.join(', ')})) AS fingerprint`;
  // Without triggers: what they count is restored as well.
  const restore = [
    `SET session_replication_role = replica`,
    `TRUNCATE ${tables.map((table) => `public.${table}`).join(', ')}`,
    ...tables.map((table) => `INSERT INTO public.${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept.${table}`),
    `SET session_replication_role = DEFAULT`,
  ].join('; ');
  return {
    fingerprint: async () => (await api.query<{ fingerprint: string }>(fingerprint))[0]!.fingerprint,
    restore: async () => void (await api.query(restore)),
  };
}

/** That somebody was refused is recorded, and so is when a token came along, and whence a user signed in. */
const isToldOfRefusals = (table: string) => ['audit', 'tokens', 'known_addresses'].includes(table);

/** In the order they were created, so that each comes after those it points at. */
async function listTables(api: TestApi): Promise<string[]> {
  const tables = await api.query<{ name: string }>(`
    SELECT quote_ident(tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations%'
    ORDER BY quote_ident(tablename)::regclass::oid`);
  return tables.map(({ name }) => name);
}

async function createRows(api: TestApi): Promise<void> {
  const create = async (path: string, body: object) => {
    const { status, body: answer } = await api.rest('POST', path, body);
    if (status !== 201) throw new Error(`POST ${path} answered ${status}: ${JSON.stringify(answer)}`);
  };
  for (const name of rows.tags) await create('/tags/', { name });
  for (const code of rows.codes) await create('/codes/', { code });
  for (const name of rows.groups) await create('/groups/', { name, permissions: [1, 2] });
  for (const username of rows.users) await create('/users/', { username, password: 'pw', groups: [1] });
  for (const id of [1, 2, 3]) {
    await create('/clients/', { phone_number: `7900000000${id}`, timezone: 'UTC', mobile_operator_code: id, tag: id });
  }
  const dates = { start_notification_date: '2099-01-01T10:00:00Z', end_notification_date: '2099-01-02T10:00:00Z' };
  for (const tags of [[], ['vip'], ['vip', 'новые'], []]) {
    await create('/mailing/', { ...dates, tags, codes: tags.length > 1 ? ['900'] : [], text: 'Hello' });
  }
  await sendMailings(api);
}

/** The second mailing has ended, the third is being sent: both refuse changes, and have messages to be counted. */
async function sendMailings(api: TestApi): Promise<void> {
  await api.query(`
    UPDATE mailings SET status = 'completed', started_at = now(), finished_at = now(),
      first_message_id = 1, last_message_id = 2 WHERE id = 2;
    UPDATE mailings SET status = 'running', started_at = now(), first_message_id = 3, last_message_id = 3 WHERE id = 3;
    INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
      VALUES (1, 2, 1, 'sent', now()), (2, 2, 2, 'unknown', NULL), (3, 3, 1, 'pending', NULL);
    INSERT INTO ranges (first_id, last_id, mailing_id, done, sent, unknown)
      VALUES (1, 2, 2, true, 1, 1), (3, 3, 3, false, 0, 0)`);
}
