import type pg from 'pg';

/** How often it looks after connections that are at work, and for how long one is at work before it does. */
const everyMs = 3_000;
const unhurriedMs = 6_000;

const readStates = `SELECT pid FROM pg_stat_activity WHERE pid = ANY($1) AND state = 'active'`;

interface AtWork {
  readonly client: Client;
  readonly since: number;
  /** PostgreSQL did nothing for it at the last look. */
  isSuspect: boolean;
}

type Client = pg.PoolClient & { readonly processID?: number; readonly connection?: { stream: { destroy(): void } } };

export interface Lookout {
  /** Looks after a connection from now on, until what it gives is called. */
  began(client: pg.PoolClient): () => void;
  stop(): void;
}

/**
 * Looks after connections whose statements may take long. Time alone does not say whether PostgreSQL still works on one, or
 * its answer was lost on the way: PostgreSQL does. A connection for which it did nothing at two looks in a row is dropped.
 *
 * @param ask asks on another connection, with a time-out
 */
export function lookAfter(ask: (text: string, values: unknown[]) => Promise<{ rows: { pid: number }[] }>): Lookout {
  const atWork = new Set<AtWork>();

  async function look(): Promise<void> {
    const now = performance.now();
    const long = [...atWork].filter(({ since }) => now - since > unhurriedMs);
    if (long.length === 0) return;
    const { rows } = await ask(readStates, [long.map(({ client }) => client.processID)]);
    const active = new Set(rows.map(({ pid }) => pid));
    for (const work of long) {
      if (!atWork.has(work)) continue;
      const isIdle = !active.has(work.client.processID ?? 0);
      if (isIdle && work.isSuspect) work.client.connection?.stream.destroy();
      work.isSuspect = isIdle;
    }
  }

  // Who cannot ask knows nothing, and looks again.
  const timer = setInterval(() => void look().catch(() => {}), everyMs).unref();
  return {
    began: (client) => {
      const work = { client, since: performance.now(), isSuspect: false };
      atWork.add(work);
      return () => void atWork.delete(work);
    },
    stop: () => clearInterval(timer),
  };
}
