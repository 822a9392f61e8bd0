import type { GateState, SharedLimits } from '@showroom/dispatch';
import type pg from 'pg';

const introduce = `
  INSERT INTO providers (name, idempotent, per_second) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET idempotent = excluded.idempotent, per_second = excluded.per_second`;

const readGate = `
  SELECT state, coalesce(detail, '') AS detail,
    (extract(epoch FROM probe_at - clock_timestamp()) * 1000)::float8 AS "probeInMs"
  FROM providers WHERE name = $1`;

// The pause doubles with each time in a row; the exponent is bounded, for a provider may be away for weeks.
const trip = `
  UPDATE providers SET state = 'open', fault = $2, detail = left($3, 500), times_opened = times_opened + 1,
    opened_at = coalesce(opened_at, clock_timestamp()),
    probe_at = clock_timestamp() + interval '1 ms' * greatest($6::float8, least($5::float8, $4 * 2 ^ least(times_opened, 20)))
  WHERE name = $1 AND state <> 'open'`;

const takeProbe = `
  UPDATE providers SET state = 'half_open', probe_at = clock_timestamp() + $2 * interval '1 ms'
  WHERE name = $1 AND state <> 'closed' AND probe_at <= clock_timestamp()`;

const recover = `
  UPDATE providers SET state = 'closed', fault = NULL, detail = NULL, times_opened = 0, opened_at = NULL, probe_at = NULL
  WHERE name = $1 AND state = 'half_open'`;

// Turns lie one interval apart; who takes some moves the time of the next free one.
const takeTurns = `
  INSERT INTO rate_limits AS l (name, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
  ON CONFLICT (name) DO UPDATE SET next_at = greatest(l.next_at, clock_timestamp()) + $2 * interval '1 ms'
  RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 - $2 AS wait_ms`;

/** What workers share about providers and rates: a row each, changed by one statement. */
export const createLimits = (pool: pg.Pool): SharedLimits => ({
  introduce: async ({ name, idempotent, perSecond }) =>
    void (await pool.query(introduce, [name, idempotent, perSecond])),
  gate: async (provider) => {
    const { rows } = await pool.query<GateState>({ name: 'gate', text: readGate, values: [provider] });
    const row = rows[0];
    return !row || row.state === 'closed' ? { state: 'closed' } : row;
  },
  trip: async (provider, { fault, detail, firstMs, longestMs, atLeastMs }) => {
    const printable = detail.replaceAll('\0', '');
    await pool.query(trip, [provider, fault, printable, firstMs, longestMs, atLeastMs]);
  },
  takeProbe: async (provider, leaseMs) => (await pool.query(takeProbe, [provider, leaseMs])).rowCount === 1,
  recover: async (provider) => void (await pool.query(recover, [provider])),
  takeTurns: async (name, perSecond, count) => {
    const values = [name, (count * 1_000) / perSecond];
    const { rows } = await pool.query<{ wait_ms: number }>({ name: 'turns', text: takeTurns, values });
    return Math.max(0, rows[0]!.wait_ms);
  },
});
