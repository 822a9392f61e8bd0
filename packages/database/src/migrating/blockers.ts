import pg from 'pg';

/** Whom a connection waits for. */
export interface Blockers {
  /** The table that is locked, or what else is waited for. */
  readonly lock: string;
  /** In words: the process, its application and since when. */
  readonly who: string;
}

const readBlockers = `
  SELECT
    coalesce((SELECT string_agg(DISTINCT CASE WHEN l.relation IS NULL THEN 'the end of an older transaction'
        ELSE l.relation::regclass::text END, ', ')
      FROM pg_locks l WHERE l.pid = $1 AND NOT l.granted), 'a lock') AS lock,
    string_agg(concat_ws(', ', 'process ' || a.pid, coalesce(nullif(a.application_name, ''), a.backend_type), a.state,
      'in a transaction for ' || round(extract(epoch FROM clock_timestamp() - a.xact_start)) || ' s'), '; ') AS who
  FROM pg_stat_activity a WHERE a.pid = ANY(pg_blocking_pids($1)) HAVING count(*) > 0`;

/** Work that takes longer than this may be waiting for somebody; that is looked at again as often. */
const lookEveryMs = 200;

/**
 * Notes whom a connection waits for, on a connection of its own: the waiting one cannot ask. Most work is over before it
 * looks once.
 */
export class BlockerWatch {
  private watcher: pg.Client | null = null;
  /** The last that were seen during this work. */
  seen: Blockers | null = null;

  constructor(
    private readonly url: string,
    private readonly pid: number,
    private readonly onSeen: (blockers: Blockers) => void,
  ) {}

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.seen = null;
    let looking: Promise<void> | null = null;
    const timer = setInterval(() => {
      looking ??= this.look().finally(() => {
        looking = null;
      });
    }, lookEveryMs);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      await looking;
    }
  }

  async close(): Promise<void> {
    await this.watcher?.end().catch(() => {});
  }

  /** Who cannot look knows nothing; the work itself is not disturbed. */
  private async look(): Promise<void> {
    try {
      this.watcher ??= await this.open();
      const [found] = (await this.watcher.query<Blockers>(readBlockers, [this.pid])).rows;
      if (!found) return;
      this.seen = found;
      this.onSeen(found);
    } catch {
      await this.close();
      this.watcher = null;
    }
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.url,
      application_name: 'showroom migrate, watch',
      connectionTimeoutMillis: 2_000,
      query_timeout: 2_000,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }
}
