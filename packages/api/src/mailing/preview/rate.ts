import type { MailingPreview } from '@showroom/contract';
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
export async function readRate({ database }: Deps, ofMailing: number | null): Promise<Rate> {
  const [limit] = await database.sql<{ per_second: number | null }>(
    'SELECT min(per_second) AS per_second FROM providers',
  );
  const ofProvider = limit?.per_second ?? null;
  if (ofMailing !== null && (ofProvider === null || ofMailing <= ofProvider)) {
    return { per_second: ofMailing, rate_from: 'mailing' };
  }
  if (ofProvider !== null) return { per_second: ofProvider, rate_from: 'provider' };
  const [last] = await database.sql<{ perSecond: number }>(lastReached);
  return last ? { per_second: last.perSecond, rate_from: 'last_mailing' } : { per_second: null, rate_from: 'none' };
}
