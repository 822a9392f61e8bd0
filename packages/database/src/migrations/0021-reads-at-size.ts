import { buildIndex, dropIndex } from '../migrating/migration.js';

/*
 * Reads that cost the same at any size.
 *
 * messages_client finds a client's messages, and that there is none. The BRIN index before it looked into each mailing.
 * messages_by_reason has those that were not simply sent. A message that is sent changes no column of an index, so its
 * update stays within its page, and costs what it did.
 *
 * mailings_kept has the mailings whose messages are shown, in the order of their messages: what is purged is not read to
 * be left out. mailing_counts_all has one row for each mailing.
 */
export const name = '0021-reads-at-size';

const shown = 'deleted_at IS NULL AND purged_at IS NULL AND last_message_id IS NOT NULL';

export const steps = [
  buildIndex('messages_client', 'messages (client_id)'),
  buildIndex('messages_by_reason', 'messages (reason, id) WHERE reason IS NOT NULL'),
  buildIndex('mailings_kept', `mailings (last_message_id) INCLUDE (first_message_id) WHERE ${shown}`),
  buildIndex(
    'mailing_counts_all',
    `mailing_counts (mailing_id) INCLUDE (sent, failed, expired, canceled, unknown) WHERE kind = 'all'`,
  ),
  dropIndex('messages_client_id'),
];
