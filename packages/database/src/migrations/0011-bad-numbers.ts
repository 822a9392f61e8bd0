import { buildIndex, create } from '../migrating/migration.js';

/*
 * Messages to numbers that break the rule for numbers are canceled for a reason of their own. The index has such numbers
 * only, for previews to count them; it is empty where the old service left none.
 */
export const name = '0011-bad-numbers';

export const steps = [
  create(`ALTER TYPE message_reason ADD VALUE 'bad_number' AFTER 'client_deleted'`),
  buildIndex('clients_bad_number', `clients (tag_id, code_id) WHERE phone_number !~ '^[1-9][0-9]{0,10}$'`),
];
