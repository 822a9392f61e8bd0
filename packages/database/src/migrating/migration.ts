/*
 * How the schema of a large database changes while others read it and write to it.
 *
 * A migration is a list of steps. Each step blocks others for less than a second, or not at all. Each is recorded when it
 * is done, so a run that was killed goes on where it stopped. A step that others block gives way, and tries again.
 *
 * | what the migration wants               | step                                                     |
 * |----------------------------------------|----------------------------------------------------------|
 * | a new table, type or function          | create(sql)                                              |
 * | a new column, trigger or constraint    | change(table, sql); a constraint is NOT VALID            |
 * | to check such a constraint             | validate(table, constraint)                              |
 * | an index on a table that exists        | buildIndex(name, on)                                     |
 * | to remove an index                     | dropIndex(name)                                          |
 * | to write into rows that exist          | inBatches(sql), whose statement finds what is left to do |
 *
 * `tellUnsafe` refuses the rest, and its test reads every migration.
 */

export type Step =
  | { readonly kind: 'create'; readonly sql: string }
  | { readonly kind: 'change'; readonly table: string; readonly sql: string }
  | { readonly kind: 'validate'; readonly table: string; readonly constraint: string }
  | { readonly kind: 'build index'; readonly index: string; readonly sql: string }
  | { readonly kind: 'drop index'; readonly index: string }
  | { readonly kind: 'batches'; readonly sql: string };

/** A migration in one transaction: only the first eight are, which fill an empty database. */
export interface OldMigration {
  readonly name: string;
  readonly up: string;
}

export interface Migration {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** In one transaction: what touches no table that exists. */
export const create = (sql: string): Step => ({ kind: 'create', sql });

/**
 * In one transaction: what needs a lock on one table that exists, and reads none of its rows. A foreign key locks the
 * table that it points at. Two tables are two steps: nobody is to wait for both.
 */
export const change = (table: string, sql: string): Step => ({ kind: 'change', table, sql });

/** Checks the rows that a NOT VALID constraint has not seen. Others read and write meanwhile. */
export const validate = (table: string, constraint: string): Step => ({ kind: 'validate', table, constraint });

/**
 * Builds an index while others read and write. An index that a killed run left half built is built anew.
 *
 * @example buildIndex('clients_tag', 'clients (tag_id, id)')
 */
export const buildIndex = (index: string, on: string, { unique = false } = {}): Step => ({
  kind: 'build index',
  index,
  sql: `CREATE ${unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${index} ON ${on}`,
});

/** Removes an index, if it is there, while others read and write. */
export const dropIndex = (index: string): Step => ({ kind: 'drop index', index });

/**
 * Repeats a statement until it changes no row. Each time is a transaction of its own, so a batch should take some
 * milliseconds. The statement finds by itself what is left to do, and takes no more than its LIMIT.
 */
export const inBatches = (sql: string): Step => ({ kind: 'batches', sql });
