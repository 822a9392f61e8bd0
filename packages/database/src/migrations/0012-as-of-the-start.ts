import { buildIndex, change, create, inBatches } from '../migrating/migration.js';

/*
 * A mailing is told as it was at its start, whatever changes later.
 *
 * mailings.tag_names and code_names are the names of its filter, frozen when it starts, or ends without a start. They stay
 * when a tag or a code is renamed or deleted. Null before that: the names are those of the rows it points at.
 *
 * client_pasts has the tag and code that a client had until a change or its deletion. The first row after a mailing's start
 * tells what the client was at the start. A change is after the start when its transaction is not visible in the snapshot
 * by which the audience was picked; after a restore into another cluster, the time alone decides. past_names has the
 * names that tags and codes had, for the same purpose.
 *
 * ranges.withdrawn has messages of clients that were deleted while a worker held the range: their client must not be asked
 * for any more. The worker learns of them when it renews its lease.
 */
export const name = '0012-as-of-the-start';

const freezeNames = `
UPDATE mailings m SET
  tag_names = ARRAY(
    SELECT t.name FROM mailing_tags f JOIN tags t ON t.id = f.tag_id WHERE f.mailing_id = m.id ORDER BY t.id),
  code_names = ARRAY(
    SELECT c.code FROM mailing_codes f JOIN codes c ON c.id = f.code_id WHERE f.mailing_id = m.id ORDER BY c.id)
WHERE id IN (
  SELECT id FROM mailings
  WHERE (started_at IS NOT NULL OR status IN ('completed', 'canceled', 'expired')) AND tag_names IS NULL LIMIT 1000)`;

const pastNames = `
CREATE TABLE past_names (
  kind text NOT NULL CONSTRAINT past_names_kind CHECK (kind IN ('tag', 'code')),
  id bigint NOT NULL,
  until timestamptz NOT NULL DEFAULT clock_timestamp(),
  name text NOT NULL,
  PRIMARY KEY (kind, id, until)
);
CREATE FUNCTION keep_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO past_names (kind, id, name) VALUES (TG_ARGV[0], OLD.id, to_jsonb(OLD) ->> TG_ARGV[1]);
  RETURN NULL;
END
$$;
`;

const pastTags = `
CREATE TRIGGER tags_renamed AFTER UPDATE ON tags FOR EACH ROW WHEN (OLD.name <> NEW.name)
  EXECUTE FUNCTION keep_name('tag', 'name');
CREATE TRIGGER tags_deleted AFTER DELETE ON tags FOR EACH ROW EXECUTE FUNCTION keep_name('tag', 'name');
`;

const pastCodes = `
CREATE TRIGGER codes_renamed AFTER UPDATE ON codes FOR EACH ROW WHEN (OLD.code <> NEW.code)
  EXECUTE FUNCTION keep_name('code', 'code');
CREATE TRIGGER codes_deleted AFTER DELETE ON codes FOR EACH ROW EXECUTE FUNCTION keep_name('code', 'code');
`;

const clientPasts = `
CREATE TABLE client_pasts (
  client_id bigint NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  tag_id bigint NOT NULL,
  code_id bigint NOT NULL,
  until timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (client_id, id)
);
CREATE INDEX client_pasts_until ON client_pasts USING brin (until) WITH (pages_per_range = 16, autosummarize = on);

CREATE FUNCTION keep_client_pasts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO client_pasts (client_id, tag_id, code_id) SELECT id, tag_id, code_id FROM before;
  ELSE
    -- No join: its plan is kept, and one that was made for a single client would be terrible for a million.
    INSERT INTO client_pasts (client_id, tag_id, code_id)
    SELECT id, tag_id, code_id FROM before EXCEPT SELECT id, tag_id, code_id FROM after;
  END IF;
  RETURN NULL;
END
$$;
`;

const pastClients = `
CREATE TRIGGER clients_past_update AFTER UPDATE ON clients
  REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_client_pasts();
CREATE TRIGGER clients_past_delete AFTER DELETE ON clients
  REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION keep_client_pasts();
`;

export const steps = [
  change(
    'mailings',
    'ALTER TABLE mailings ADD tag_names text[], ADD code_names text[], ADD audience_snapshot pg_snapshot',
  ),
  inBatches(freezeNames),
  change('ranges', 'ALTER TABLE ranges ADD withdrawn bigint[]'),
  buildIndex('ranges_withdrawn', 'ranges (first_id) WHERE withdrawn IS NOT NULL'),
  create(pastNames),
  change('tags', pastTags),
  change('codes', pastCodes),
  create(clientPasts),
  change('clients', pastClients),
];
