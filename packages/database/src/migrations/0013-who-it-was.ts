import { buildIndex, change } from '../migrating/migration.js';

/*
 * The audit keeps the id of the user beside the name, because names change and names look alike. Entries from before, and
 * those by the server, have none. The index has only entries with an id: it starts empty, whatever the size of the table.
 *
 * known_addresses has the networks that signed in to an account within the last 24 hours. They keep one attempt at a time
 * when strangers have used up an account's wrong passwords. attempt_until is the end of the attempt that is being made:
 * it keeps attempts apart across server processes, and frees them when a process dies.
 */
export const name = '0013-who-it-was';

const knownAddresses = `
CREATE TABLE known_addresses (
  user_id bigint NOT NULL CONSTRAINT known_addresses_user_id_fkey REFERENCES users ON DELETE CASCADE,
  network text NOT NULL,
  signed_in_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempt_until timestamptz,
  PRIMARY KEY (user_id, network)
);
CREATE INDEX known_addresses_signed_in_at ON known_addresses (signed_in_at);
`;

export const steps = [
  change('audit', 'ALTER TABLE audit ADD user_id bigint'),
  buildIndex('audit_user_id', 'audit (user_id, id) WHERE user_id IS NOT NULL'),
  change('users', knownAddresses),
];
