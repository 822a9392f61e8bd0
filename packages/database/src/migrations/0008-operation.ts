/*
 * What running the service for years needs.
 *
 * mailings.request_id and trace_parent name the request that a mailing came with, or went on with, so that a log or a
 * trace can be followed from there to the provider. purged_at: the mailing ended long ago, its messages were removed or
 * are about to be, and its counts are all that is left of them.
 *
 * reports has a row for each day that somebody was written to about; one without sent_at is being sent, or was not
 * sent by a worker that died.
 */
export const name = '0008-operation';

export const up = `
ALTER TABLE mailings ADD request_id text, ADD trace_parent text, ADD purged_at timestamptz;
CREATE INDEX mailings_finished_at ON mailings (finished_at) WHERE finished_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX message_events_at ON message_events USING brin (at) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE reports (
  day date PRIMARY KEY,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz
);

INSERT INTO permissions (codename, name)
SELECT verb || '_job', 'Can ' || verb || ' job'
FROM (VALUES ('add'), ('change'), ('delete'), ('view')) AS verbs (verb) ORDER BY verb COLLATE "C";
`;
