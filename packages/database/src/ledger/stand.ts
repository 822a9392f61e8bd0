import type { MailingStatus } from '@showroom/contract';
import type { Database } from '../database.js';
import { type CountsRow, countsOfAll } from './counts.js';

/** How things stand in the ledger, for whoever watches over the service. */
export interface LedgerStand {
  readonly mailings: Record<MailingStatus, number>;
  readonly messages: CountsRow;
  /** Messages that could be sent now: their mailing runs, their range is due. */
  readonly backlog: number;
  /** For how many seconds the range that is due for longest, and in nobody's hands, has been due. */
  readonly oldestDueSeconds: number;
  readonly rangesHeld: number;
  /** Workers that hold ranges. */
  readonly workers: number;
  readonly providers: readonly { readonly name: string; readonly state: 'closed' | 'open' | 'half_open' }[];
}

const countMailings = `
  SELECT s.status, count(m.id)::int AS mailings
  FROM unnest(enum_range(NULL::mailing_status)) AS s (status)
  LEFT JOIN mailings m ON m.status = s.status AND m.deleted_at IS NULL GROUP BY 1`;

const ofOpenRanges = `
  SELECT
    coalesce(sum(r.last_id - r.first_id + 1 - r.sent - r.failed - r.expired - r.canceled - r.unknown)
      FILTER (WHERE r.due_at <= clock_timestamp()), 0)::float8 AS backlog,
    coalesce(extract(epoch FROM clock_timestamp() - min(r.due_at)
      FILTER (WHERE r.worker_id IS NULL AND r.due_at <= clock_timestamp())), 0)::float8 AS "oldestDueSeconds",
    count(r.worker_id)::int AS "rangesHeld",
    count(DISTINCT r.worker_id)::int AS workers
  FROM ranges r JOIN mailings m ON m.id = r.mailing_id AND m.status = 'running' AND m.deleted_at IS NULL
  WHERE NOT r.done`;

/** Costs what the open ranges cost, a thousandth of the open messages; what is done is not looked at. */
export async function readLedgerStand({ sql }: Database): Promise<LedgerStand> {
  type Open = Pick<LedgerStand, 'backlog' | 'oldestDueSeconds' | 'rangesHeld' | 'workers'>;
  const mailings = await sql<{ status: MailingStatus; mailings: number }>(countMailings);
  const [messages] = await sql<CountsRow>(countsOfAll);
  const [open] = await sql<Open>(ofOpenRanges);
  const providers = await sql<LedgerStand['providers'][number]>('SELECT name, state FROM providers ORDER BY name');
  const byStatus = Object.fromEntries(mailings.map((row) => [row.status, row.mailings]));
  return { ...open!, mailings: byStatus as Record<MailingStatus, number>, messages: messages!, providers };
}
