import pg from 'pg';
import { exactParsers } from '../parsers.js';

/** The first key of the advisory lock that says a worker lives; the second is the worker's number. */
const liveWorkers = 73_051;

const inThisDatabase = `pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.classid = ${liveWorkers} AND l.objsubid = 2 AND l.granted`;

/** SQL: how many workers live. */
export const countLiveWorkers = `SELECT count(*)::int AS workers FROM ${inThisDatabase}`;

/** SQL: whether the worker of that number lives. */
export const isLive = (workerId: string) => `EXISTS (SELECT FROM ${inThisDatabase} AND l.objid = ${workerId})`;

/** SQL: whether the worker that holds range `r` is dead. Its session's advisory lock dies with the connection. */
export const holderIsDead = `NOT ${isLive('r.worker_id')}`;

/** SQL: whether a worker that lives holds range `r`, and may be asking with its messages. */
export const isHeld = `r.worker_id IS NOT NULL AND r.leased_until > clock_timestamp() AND NOT ${holderIsDead}`;

/** One connection that stands for a living worker: ranges leased under its number are free when it breaks. */
export interface WorkerSession {
  readonly workerId: number;
  readonly client: pg.Client;
  readonly lost: AbortSignal;
}

// The claim reads a thousand rows by primary key; left free, the planner now and then joins all clients by hash.
const plannerSettings = '-c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan';

/** Opens the worker's session, and another with a new number whenever the last one broke. */
export class WorkerSessions {
  private opening: Promise<WorkerSession> | null = null;
  private lastWorkerId = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly url: string) {}

  get workerId(): number {
    return this.lastWorkerId;
  }

  async current(): Promise<WorkerSession> {
    this.opening ??= this.open();
    const opening = this.opening;
    const session = await opening;
    if (!session.lost.aborted) return session;
    if (this.opening === opening) this.opening = null;
    return this.current();
  }

  /** Works on the session's connection in turn: lanes claim at the same time, a connection does one thing at a time. */
  exclusively<T>(work: (session: WorkerSession) => Promise<T>): Promise<T> {
    const mine = this.turn.then(async () => work(await this.current()));
    this.turn = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    const session = await this.opening?.catch(() => null);
    await session?.client.end();
  }

  private async open(): Promise<WorkerSession> {
    const lost = new AbortController();
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'showroom worker session',
      options: plannerSettings,
      types: exactParsers,
      keepAlive: true,
    });
    client.on('error', () => lost.abort());
    client.on('end', () => lost.abort());
    try {
      await client.connect();
      const { rows } = await client.query<{ worker_id: number }>(`SELECT nextval('worker_ids')::int AS worker_id`);
      const workerId = rows[0]!.worker_id;
      await client.query('SELECT pg_advisory_lock($1, $2)', [liveWorkers, workerId]);
      this.lastWorkerId = workerId;
      return { workerId, client, lost: lost.signal };
    } catch (error) {
      this.opening = null;
      await client.end().catch(() => {});
      throw error;
    }
  }
}
