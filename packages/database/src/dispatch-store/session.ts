import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { exactParsers } from '../parsers.js';
import { closeMs, hotLimits, isAnswer } from '../patience.js';

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

/** PostgreSQL ends sessions that this worker cannot reach any more, so that others need not wait for their leases. */
const endSessions = `SELECT pg_terminate_backend(l.pid) FROM ${inThisDatabase} AND l.objid = ANY($1::int[])`;

/** Opens the worker's session, and another with a new number whenever the last one broke. */
export class WorkerSessions {
  private opening: Promise<WorkerSession> | null = null;
  private lastWorkerId = 0;
  /** Numbers of sessions that fell silent: PostgreSQL may not know yet, and hold their locks. */
  private readonly silent = new Set<number>();
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
    const mine = this.turn.then(async () => {
      const session = await this.current();
      return work(session).catch((error) => this.dropIfSilent(session, error));
    });
    this.turn = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    const session = await this.opening?.catch(() => null);
    await Promise.race([session?.client.end(), sleep(closeMs, undefined, { ref: false })]);
  }

  /** Whoever does not answer may hold leases for ever, and nobody would know: its session ends, and with it its leases. */
  private async dropIfSilent({ client, workerId, lost }: WorkerSession, error: unknown): Promise<never> {
    if (!isAnswer(error) && !lost.aborted) {
      this.silent.add(workerId);
      await client.end().catch(() => {});
    }
    throw error;
  }

  private async open(): Promise<WorkerSession> {
    const lost = new AbortController();
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'showroom worker, session',
      ...hotLimits,
      options: `${hotLimits.options} ${plannerSettings}`,
      types: exactParsers,
    });
    client.on('error', () => lost.abort());
    client.on('end', () => lost.abort());
    try {
      await client.connect();
      const { rows } = await client.query<{ worker_id: number }>(`SELECT nextval('worker_ids')::int AS worker_id`);
      const workerId = rows[0]!.worker_id;
      await client.query('SELECT pg_advisory_lock($1, $2)', [liveWorkers, workerId]);
      this.lastWorkerId = workerId;
      await client.query(endSessions, [[...this.silent]]);
      this.silent.clear();
      return { workerId, client, lost: lost.signal };
    } catch (error) {
      this.opening = null;
      await client.end().catch(() => {});
      throw error;
    }
  }
}
