/*
 * What became of every message, and why; when a mailing may send; and what all workers share about the provider.
 *
 * messages.reason says why an end is what it is. message_events has a row for whatever happened to a message that was
 * not accepted at once: each such attempt, and each time somebody settled it by hand. The rest, a million rows that
 * were accepted at the first attempt, cost nothing there.
 *
 * ranges.asked_to is the water mark: written before anybody asks with an id, it tells after a crash what may have been
 * asked. claimed_at goes with it: what falls due later was not in anybody's hands.
 *
 * A range of a mailing with a window has one time zone, as an IANA name or an offset like +03:00. wall_clock shows what
 * a clock there shows; window_opens finds the next moment in the window. The moment it closes is the moment at which the
 * window between closing and opening opens.
 */
export const name = '0004-delivery';

export const up = `
CREATE TYPE message_reason AS ENUM
  ('refused', 'no_answer', 'worker_died', 'end', 'window', 'client_deleted', 'mailing_canceled', 'operator');
ALTER TABLE messages ADD reason message_reason;

CREATE TABLE message_events (
  message_id bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  event text NOT NULL,
  attempt integer,
  http_status integer,
  code integer,
  latency_ms integer,
  detail text NOT NULL DEFAULT '',
  CONSTRAINT message_events_event CHECK
    (event IN ('accepted', 'refused', 'busy', 'unknown', 'canceled', 'worker_died', 'retried', 'settled'))
);
CREATE INDEX message_events_message_id ON message_events (message_id);

ALTER TABLE mailings
  ADD send_window_start time(0),
  ADD send_window_end time(0),
  ADD send_per_second integer CONSTRAINT mailings_send_per_second_positive CHECK (send_per_second > 0),
  ADD CONSTRAINT mailings_window_whole CHECK ((send_window_start IS NULL) = (send_window_end IS NULL)),
  ADD CONSTRAINT mailings_window_open CHECK (send_window_start <> send_window_end);
DROP INDEX mailings_open;
CREATE INDEX mailings_open ON mailings (status, start_at) WHERE finished_at IS NULL;

ALTER TABLE ranges ADD timezone varchar(50), ADD asked_to bigint, ADD claimed_at timestamptz;

CREATE FUNCTION wall_clock(at timestamptz, zone text) RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN zone ~ '^[+-]' THEN at AT TIME ZONE zone::interval ELSE at AT TIME ZONE zone END
$$;
CREATE FUNCTION at_wall_clock(wall timestamp, zone text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN zone ~ '^[+-]' THEN wall AT TIME ZONE zone::interval ELSE wall AT TIME ZONE zone END
$$;
CREATE FUNCTION is_in_window(at timestamptz, zone text, opens time, closes time) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN opens < closes THEN t >= opens AND t < closes ELSE t >= opens OR t < closes END
  FROM (SELECT wall_clock(at, zone)::time AS t) AS wall
$$;

CREATE FUNCTION window_opens(at timestamptz, zone text, opens time, closes time) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  today date := wall_clock(at, zone)::date;
  opening timestamptz;
  around interval := '3 hours';
BEGIN
  IF is_in_window(at, zone, opens, closes) THEN RETURN at; END IF;
  FOR n IN -1..2 LOOP
    opening := at_wall_clock(today + n + opens, zone);
    IF wall_clock(opening + around, zone) - wall_clock(opening - around, zone) <> 2 * around THEN
      -- The clocks are set forward or back near by: the time of opening may come twice, or never. Look at each minute.
      SELECT min(minute) INTO opening
      FROM generate_series(date_trunc('minute', opening - around), opening + around, '1 minute') AS minute
      WHERE minute > at AND is_in_window(minute, zone, opens, closes);
    END IF;
    IF opening > at THEN RETURN opening; END IF;
  END LOOP;
  RETURN 'infinity';
END
$$;

-- What falls due in a window that is open a second later, too, is due then; else when the window opens next.
CREATE FUNCTION next_due(due timestamptz, zone text, opens time, closes time) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN zone IS NULL OR window_opens(soon, zone, opens, closes) = soon THEN due
              ELSE window_opens(soon, zone, opens, closes) END
  FROM (SELECT greatest(due, clock_timestamp()) + interval '1 second' AS soon) AS coming
$$;

-- A name that PostgreSQL's own tables lack must not stop a mailing; looking it up in pg_timezone_names takes 10 ms.
CREATE FUNCTION known_zone(zone text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF zone ~ '^[+-]' THEN RETURN left(zone, 3) || ':' || right(zone, 2); END IF;
  PERFORM now() AT TIME ZONE zone;
  RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN 'UTC';
END
$$;

CREATE TABLE providers (
  name text PRIMARY KEY,
  per_second double precision,
  idempotent boolean NOT NULL DEFAULT true,
  state text NOT NULL DEFAULT 'closed' CONSTRAINT providers_state CHECK (state IN ('closed', 'open', 'half_open')),
  fault text CONSTRAINT providers_fault CHECK (fault IN ('provider', 'credentials')),
  detail text,
  times_opened integer NOT NULL DEFAULT 0,
  opened_at timestamptz,
  probe_at timestamptz
);
INSERT INTO permissions (codename, name)
SELECT verb || '_provider', 'Can ' || verb || ' provider'
FROM (VALUES ('add'), ('change'), ('delete'), ('view')) AS verbs (verb) ORDER BY verb COLLATE "C";

CREATE TABLE rate_limits (name text PRIMARY KEY, next_at timestamptz NOT NULL);

CREATE TABLE idempotency_keys (
  user_id bigint NOT NULL CONSTRAINT idempotency_keys_user_id_fkey REFERENCES users ON DELETE CASCADE,
  operation text NOT NULL,
  key varchar(255) NOT NULL,
  input_hash text NOT NULL,
  answer jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (user_id, operation, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
`;
