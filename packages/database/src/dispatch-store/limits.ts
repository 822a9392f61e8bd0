import type { GateState, SeenFault, SharedLimits } from '@showroom/dispatch';
import type pg from 'pg';
import { countLiveWorkers, isLive } from './session.js';

const introduce = `
  INSERT INTO providers (name, idempotent, per_second) VALUES ($1, $2, $3)
  ON CONFLICT (name) DO UPDATE SET idempotent = excluded.idempotent, per_second = excluded.per_second`;

const readGate = `
  SELECT state, coalesce(detail, '') AS detail, tried_mailing_id AS "triedMailingId",
    (extract(epoch FROM probe_at - clock_timestamp()) * 1000)::float8 AS "probeInMs"
  FROM providers WHERE name = $1`;

// The pause doubles with each time in a row; the exponent is bounded, for a provider may be away for weeks.
const trip = `
  UPDATE providers SET state = 'open', fault = $2, detail = left($3, 500), times_opened = times_opened + 1,
    opened_at = coalesce(opened_at, clock_timestamp()),
    probe_at = clock_timestamp() + interval '1 ms' * greatest($6::float8, least($5::float8, $4 * 2 ^ least(times_opened, 20)))
  WHERE name = $1 AND state <> 'open'`;

const takeProbe = `
  UPDATE providers SET state = 'half_open', probe_at = clock_timestamp() + $2 * interval '1 ms', tried_mailing_id = $3
  WHERE name = $1 AND state <> 'closed' AND probe_at
    + interval '1 ms' * ($5::float8 + CASE WHEN tried_mailing_id = $3 THEN $4::float8 ELSE 0 END) <= clock_timestamp()`;

const recover = `
  UPDATE providers SET state = 'closed', fault = NULL, detail = NULL, times_opened = 0, opened_at = NULL, probe_at = NULL,
    tried_mailing_id = NULL
  WHERE name = $1 AND state = 'half_open'`;

const forgetTheDead = `DELETE FROM worker_faults f WHERE NOT ${isLive('f.worker_id')}`;

const writeFault = `
  INSERT INTO worker_faults AS f (worker_id, provider, worker, fault, http_status, detail)
  VALUES ($1, $2, $3, $4, $5, left($6, 500))
  ON CONFLICT (worker_id, provider) DO UPDATE
    SET fault = excluded.fault, http_status = excluded.http_status, detail = excluded.detail,
      since = CASE WHEN f.fault = excluded.fault THEN f.since ELSE excluded.since END`;

const readOthers = `
  SELECT (${countLiveWorkers}) <= 1 AS "isAlone", EXISTS (
    SELECT FROM worker_faults f WHERE f.provider = $2 AND f.worker_id <> $1 AND f.fault = $3
      AND (f.fault = 'provider' OR f.http_status IS NOT DISTINCT FROM $4::int) AND ${isLive('f.worker_id')}) AS "othersHaveIt"`;

// Turns lie one interval apart; who takes some moves the time of the next free one.
const takeTurns = `
  INSERT INTO rate_limits AS l (name, next_at) VALUES ($1, clock_timestamp() + $2 * interval '1 ms')
  ON CONFLICT (name) DO UPDATE SET next_at = greatest(l.next_at, clock_timestamp()) + $2 * interval '1 ms'
  RETURNING (extract(epoch FROM next_at - clock_timestamp()) * 1000)::float8 - $2 AS wait_ms`;

interface Self {
  /** Of the session that lives now. */
  readonly workerId: number;
  /** How people are told of this worker. */
  readonly name: string;
}

/** What workers share about providers and rates: a row each, changed by one statement. */
export const createLimits = (pool: pg.Pool, self: Self): SharedLimits => ({
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
  takeProbe: async (provider, { leaseMs, mailingId, sameMailingWaitsMs, waitsMs }) => {
    const values = [provider, leaseMs, mailingId, sameMailingWaitsMs, waitsMs];
    return (await pool.query(takeProbe, values)).rowCount === 1;
  },
  recover: async (provider) => void (await pool.query(recover, [provider])),
  reportFault: async (provider, { fault, httpStatus, detail }) => {
    const { workerId, name } = self;
    await pool.query(forgetTheDead);
    await pool.query(writeFault, [workerId, provider, name, fault, httpStatus, detail.replaceAll('\0', '')]);
    return (await pool.query<SeenFault>(readOthers, [workerId, provider, fault, httpStatus])).rows[0]!;
  },
  clearFault: async (provider) =>
    void (await pool.query('DELETE FROM worker_faults WHERE worker_id = $1 AND provider = $2', [
      self.workerId,
      provider,
    ])),
  takeTurns: async (name, perSecond, count) => {
    const values = [name, (count * 1_000) / perSecond];
    const { rows } = await pool.query<{ wait_ms: number }>({ name: 'turns', text: takeTurns, values });
    return Math.max(0, rows[0]!.wait_ms);
  },
});
