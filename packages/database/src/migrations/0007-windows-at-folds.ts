/*
 * window_opens finds, too, that clocks set back bring a window back that had closed: with a window that closes at 23:01,
 * and clocks that go from 24:00 to 23:00, it is open for one more minute.
 */
export const name = '0007-windows-at-folds';

export const up = `
CREATE OR REPLACE FUNCTION window_opens(at timestamptz, zone text, opens time, closes time) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  today date := wall_clock(at, zone)::date;
  edge time;
  near timestamptz;
  opening timestamptz := 'infinity';
  around interval := '3 hours';
BEGIN
  IF is_in_window(at, zone, opens, closes) THEN RETURN at; END IF;
  FOR n IN -1..2 LOOP
    FOREACH edge IN ARRAY ARRAY[opens, closes] LOOP
      near := at_wall_clock(today + n + edge, zone);
      IF wall_clock(near + around, zone) - wall_clock(near - around, zone) <> 2 * around THEN
        -- The clocks are set forward or back near by: the time may come twice, or never. Look at each minute.
        SELECT least(opening, min(minute)) INTO opening
        FROM generate_series(date_trunc('minute', near - around), near + around, '1 minute') AS minute
        WHERE minute > at AND is_in_window(minute, zone, opens, closes);
      ELSIF edge = opens AND near > at THEN
        opening := least(opening, near);
      END IF;
    END LOOP;
    -- The next day brings nothing sooner, unless clocks are set on it before its window opens.
    EXIT WHEN opening < at_wall_clock(today + n + 1, zone) - around;
  END LOOP;
  RETURN opening;
END
$$;
`;
