import { change } from '../migrating/migration.js';

/*
 * When large tables are vacuumed and analyzed: after a fiftieth of their rows has changed. PostgreSQL's own setting is a fifth:
 * of a billion messages, two hundred million dead rows. The least number of changes stays PostgreSQL's: a fixed number
 * that is right for a large table lets a small one grow.
 *
 * Each message is updated once, within its page. A vacuum reads only the pages that changed since the last, and freezes what
 * will not change again. A claim steps over the dead rows of ranges and retries.
 */
export const name = '0023-autovacuum';

const tables = ['messages', 'message_events', 'ranges', 'retries', 'client_counts', 'mailing_counts'];

const everyFiftieth = (table: string) =>
  change(
    table,
    `ALTER TABLE ${table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
       autovacuum_analyze_scale_factor = 0.02)`,
  );

export const steps = tables.map(everyFiftieth);
