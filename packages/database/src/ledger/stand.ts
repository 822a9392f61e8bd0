import type { MailingStatus } from '@showroom/contract';
import type { Database } from '../database.js';
import { countLiveWorkers } from '../dispatch-store/session.js';
import { type CountsRow, countsOfAll } from './counts.js';
import { readSendingStop } from './sending.js';

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
  /** Workers that are connected, whether they send or not. */
  readonly workersAlive: number;
  /** Scheduled mailings whose start passed more than 30 seconds ago. */
  readonly mailingsOverdue: number;
  readonly open: readonly OpenMailing[];
  /** Whether an operator has stopped all sending. */
  readonly isStopped: boolean;
  readonly providers: readonly { readonly name: string; readonly state: 'closed' | 'open' | 'half_open' }[];
}

/** A running mailing with messages that have not come to their end. */
export interface OpenMailing {
  readonly id: number;
  /** All messages without an end. */
  readonly left: number;
  /** Those that could be sent now. */
  readonly backlog: number;
  /** How many seconds there are until its end; negative when it has passed. */
  readonly endsInSeconds: number;
  /** When this was counted, in seconds by PostgreSQL's clock. */
  readonly at: number;
}

/** Two sweeps: by then a worker has found a mailing that lost its job. */
const overdueAfter = `interval '30 s'`;

const countMailings = `
  SELECT s.status, count(m.id)::int AS mailings
  FROM unnest(enum_range(NULL::mailing_status)) AS s (status)
  LEFT JOIN mailings m ON m.status = s.status AND m.deleted_at IS NULL GROUP BY 1`;

const left = 'r.last_id - r.first_id + 1 - r.sent - r.failed - r.expired - r.canceled - r.unknown';
const isDue = 'r.due_at <= clock_timestamp()';
/** SQL: whether a lease of range `r` counts; a worker that died leaves its number behind. */
const isLeased = 'r.worker_id IS NOT NULL AND r.leased_until >= clock_timestamp()';

const ofOpenRanges = `
  SELECT m.id::float8 AS id, sum(${left})::float8 AS left,
    coalesce(sum(${left}) FILTER (WHERE ${isDue}), 0)::float8 AS backlog,
    coalesce(extract(epoch FROM clock_timestamp() - min(r.due_at)
      FILTER (WHERE ${isDue} AND NOT coalesce(${isLeased}, false))), 0)::float8 AS "oldestDueSeconds",
    (count(*) FILTER (WHERE ${isLeased}))::int AS "rangesHeld",
    coalesce(array_agg(DISTINCT r.worker_id) FILTER (WHERE ${isLeased}), '{}') AS workers,
    extract(epoch FROM m.end_at - clock_timestamp())::float8 AS "endsInSeconds",
    extract(epoch FROM clock_timestamp())::float8 AS at
  FROM ranges r JOIN mailings m ON m.id = r.mailing_id AND m.status = 'running' AND m.deleted_at IS NULL
  WHERE NOT r.done GROUP BY m.id`;

const overdueMailings = `
  SELECT count(*)::int AS overdue FROM mailings
  WHERE status = 'scheduled' AND finished_at IS NULL AND deleted_at IS NULL
    AND start_at < clock_timestamp() - ${overdueAfter}`;

interface OpenRanges extends OpenMailing {
  readonly oldestDueSeconds: number;
  readonly rangesHeld: number;
  readonly workers: number[];
}

/** Costs what the open ranges cost, a thousandth of the open messages; what is done is not looked at. */
export async function readLedgerStand(database: Pick<Database, 'sql'>): Promise<LedgerStand> {
  const { sql } = database;
  const mailings = await sql<{ status: MailingStatus; mailings: number }>(countMailings);
  const [messages] = await sql<CountsRow>(countsOfAll);
  const open = await sql<OpenRanges>(ofOpenRanges);
  const [late] = await sql<{ overdue: number }>(overdueMailings);
  const [alive] = await sql<{ workers: number }>(countLiveWorkers);
  const providers = await sql<LedgerStand['providers'][number]>('SELECT name, state FROM providers ORDER BY name');
  const byStatus = Object.fromEntries(mailings.map((row) => [row.status, row.mailings]));
  return {
    mailings: byStatus as Record<MailingStatus, number>,
    messages: messages!,
    backlog: sumOf(open.map(({ backlog }) => backlog)),
    oldestDueSeconds: Math.max(0, ...open.map(({ oldestDueSeconds }) => oldestDueSeconds)),
    rangesHeld: sumOf(open.map(({ rangesHeld }) => rangesHeld)),
    workers: new Set(open.flatMap(({ workers }) => workers)).size,
    workersAlive: alive!.workers,
    mailingsOverdue: late!.overdue,
    open,
    isStopped: (await readSendingStop(database)) !== null,
    providers,
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
