/*
 * When tables are vacuumed and analyzed, for tables that are large or change all the time. PostgreSQL's own setting is a
 * fifth of the table: of a billion messages, two hundred million dead rows.
 *
 * messages: each message is updated once, within its page. A vacuum of a fiftieth reads only the pages that changed, and
 * freezes what will not change again, so no large one is due years later.
 * ranges and retries are small and change with every hundred messages; the counts change with every sum. Their dead rows
 * are what a claim or a page of a list would have to step over.
 */
export const name = '0023-autovacuum';

const everySoOften = (table: string, rows: number, share = 0) => `
ALTER TABLE ${table} SET (
  autovacuum_vacuum_threshold = ${rows}, autovacuum_vacuum_scale_factor = ${share},
  autovacuum_vacuum_insert_threshold = ${rows}, autovacuum_vacuum_insert_scale_factor = ${share},
  autovacuum_analyze_threshold = ${rows}, autovacuum_analyze_scale_factor = ${Math.max(share, 0.02)});`;

export const up = [
  everySoOften('messages', 100_000, 0.02),
  everySoOften('message_events', 100_000, 0.02),
  everySoOften('ranges', 1_000),
  everySoOften('retries', 1_000),
  everySoOften('client_counts', 1_000),
  everySoOften('mailing_counts', 1_000),
].join('\n');
