import { buildIndex, dropIndex } from '../migrating/migration.js';

/*
 * Clients are listed by tag, by code, and by both, each in the order of their ids, so that a page of them costs what a page
 * of all clients does. The id is a column of these indexes' order therefore, and not merely included in them.
 */
export const name = '0009-clients-by-filter';

export const steps = [
  buildIndex('clients_tag', 'clients (tag_id, id)'),
  buildIndex('clients_code', 'clients (code_id, id)'),
  buildIndex('clients_tag_code', 'clients (tag_id, code_id, id)'),
  dropIndex('clients_filter'),
  dropIndex('clients_code_id'),
];
