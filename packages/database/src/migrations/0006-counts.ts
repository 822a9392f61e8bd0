/*
 * Counts that cost the same however many rows they count.
 *
 * client_counts: how many clients have a tag, a code and a time zone, as a sum of rows: each statement that changes
 * clients adds what it changed, so that no two wait for each other, and one in a thousand folds the rows into few.
 *
 * mailing_counts: what became of a mailing's messages, by tag, code and minute; a sum over its ranges that are done and
 * have been summed up. The others are looked at. Key 0 of a tag or a code stands for clients that are gone. A range that
 * changes after all (an operator sends failed messages again, a late answer comes) makes its mailing's sum void: it is
 * summed up anew when somebody asks.
 */
import { foldLock } from '../locks.js';

export const name = '0006-counts';

export const up = `
CREATE TABLE client_counts (
  tag_id bigint NOT NULL,
  code_id bigint NOT NULL,
  timezone varchar(50) NOT NULL,
  clients bigint NOT NULL
);
INSERT INTO client_counts SELECT tag_id, code_id, timezone, count(*) FROM clients GROUP BY tag_id, code_id, timezone;

CREATE FUNCTION fold_client_counts() RETURNS void LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM client_counts RETURNING *)
  INSERT INTO client_counts
  SELECT tag_id, code_id, timezone, sum(clients) FROM gone GROUP BY tag_id, code_id, timezone HAVING sum(clients) <> 0
$$;

CREATE FUNCTION count_clients() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    TRUNCATE client_counts;
    RETURN NULL;
  END IF;
  IF TG_OP IN ('INSERT', 'UPDATE') THEN
    INSERT INTO client_counts SELECT tag_id, code_id, timezone, count(*) FROM after GROUP BY tag_id, code_id, timezone;
  END IF;
  IF TG_OP IN ('DELETE', 'UPDATE') THEN
    INSERT INTO client_counts SELECT tag_id, code_id, timezone, -count(*) FROM before GROUP BY tag_id, code_id, timezone;
  END IF;
  -- One at a time, or two would wait for each other; and nobody waits for one that is part of a long transaction.
  IF random() < 0.001 AND pg_try_advisory_xact_lock(${foldLock}) THEN PERFORM fold_client_counts(); END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER clients_counted_insert AFTER INSERT ON clients
  REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_clients();
CREATE TRIGGER clients_counted_update AFTER UPDATE ON clients
  REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_clients();
CREATE TRIGGER clients_counted_delete AFTER DELETE ON clients
  REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION count_clients();
CREATE TRIGGER clients_counted_truncate AFTER TRUNCATE ON clients
  FOR EACH STATEMENT EXECUTE FUNCTION count_clients();

ALTER TABLE ranges ADD summed boolean NOT NULL DEFAULT false;
CREATE INDEX ranges_unsummed ON ranges (mailing_id) WHERE NOT summed;

CREATE TABLE mailing_counts (
  mailing_id bigint NOT NULL REFERENCES mailings ON DELETE CASCADE,
  kind text NOT NULL CONSTRAINT mailing_counts_kind CHECK (kind IN ('all', 'tag', 'code', 'minute')),
  key bigint NOT NULL,
  sent bigint NOT NULL,
  failed bigint NOT NULL,
  expired bigint NOT NULL,
  canceled bigint NOT NULL,
  unknown bigint NOT NULL,
  first_sent timestamptz,
  last_sent timestamptz,
  PRIMARY KEY (mailing_id, kind, key)
);

CREATE FUNCTION forget_sum() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Those that are done, too: whoever sums them up just now has to be waited for, and has made them summed by then.
  UPDATE ranges SET summed = false WHERE mailing_id = NEW.mailing_id AND (done OR summed);
  DELETE FROM mailing_counts WHERE mailing_id = NEW.mailing_id;
  RETURN NULL;
END
$$;
CREATE TRIGGER ranges_forget_sum AFTER UPDATE ON ranges FOR EACH ROW
  WHEN (OLD.summed AND NEW.summed AND (OLD.done, OLD.sent, OLD.failed, OLD.expired, OLD.canceled, OLD.unknown)
    IS DISTINCT FROM (NEW.done, NEW.sent, NEW.failed, NEW.expired, NEW.canceled, NEW.unknown))
  EXECUTE FUNCTION forget_sum();
`;
