import type { MailingPreview } from '@showroom/contract';
import { readPace } from '@showroom/database';
import type { Deps } from '../../context.js';

export type Rate = Pick<MailingPreview, 'per_second' | 'rate_from'>;

/** A mailing that sent fewer tells little of how fast it goes. */
const enough = 100;

// The newest first, and no further than to the first that has sent enough: the ranges of the others are not looked at.
const lastReached = `
  SELECT r.sent / greatest(extract(epoch FROM m.finished_at - m.started_at)::float8, 0.001) AS "perSecond"
  FROM (
    SELECT id, started_at, finished_at FROM mailings
    WHERE finished_at IS NOT NULL AND deleted_at IS NULL AND last_message_id - first_message_id + 1 >= ${enough}
    ORDER BY finished_at DESC OFFSET 0) m,
    LATERAL (SELECT sum(sent)::float8 AS sent FROM ranges WHERE mailing_id = m.id) r
  WHERE r.sent >= ${enough} ORDER BY m.finished_at DESC LIMIT 1`;

/** How fast a mailing would go: at its limit or the provider's, whichever is lower; else as the last one did. */
export async function readRate(deps: Deps, ofMailing: number | null): Promise<Rate> {
  const limit = await readLimit(deps, ofMailing);
  if (limit) return limit;
  const [last] = await deps.database.sql<{ perSecond: number }>(lastReached);
  return last ? { per_second: last.perSecond, rate_from: 'last_mailing' } : { per_second: null, rate_from: 'none' };
}

/**
 * How fast a mailing that is being sent goes now. A limit that was lowered meanwhile counts at once.
 *
 * @returns null where it has sent too little within the last minute
 */
export async function readCurrentRate(
  deps: Deps,
  { id, sendPerSecond }: { id: number; sendPerSecond: number | null },
): Promise<Rate | null> {
  const pace = await readPace(deps.database, id);
  if (pace === null) return null;
  const limit = await readLimit(deps, sendPerSecond);
  return limit && limit.per_second < pace ? limit : { per_second: pace, rate_from: 'this_mailing' };
}

async function readLimit({ database }: Deps, ofMailing: number | null) {
  const [row] = await database.sql<{ per_second: number | null }>(
    'SELECT min(per_second) AS per_second FROM providers',
  );
  const ofProvider = row?.per_second ?? null;
  if (ofMailing !== null && (ofProvider === null || ofMailing <= ofProvider)) {
    return { per_second: ofMailing, rate_from: 'mailing' } as const;
  }
  return ofProvider === null ? null : ({ per_second: ofProvider, rate_from: 'provider' } as const);
}
