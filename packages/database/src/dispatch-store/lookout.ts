import type pg from 'pg';

/** How often it looks after connections that are at work, and for how long one is at work before it does. */
const everyMs = 3_000;
const unhurriedMs = 6_000;

const readStates = `SELECT pid FROM pg_stat_activity WHERE pid = ANY($1) AND state = 'active'`;

interface AtWork {
  readonly since: number;
  /** PostgreSQL did nothing for it at the last look. */
  isSuspect: boolean;
}

type Client = pg.PoolClient & { readonly processID?: number; readonly connection?: { stream: { destroy(): void } } };

/**
 * Looks after connections whose statements may take long. Time alone does not say whether PostgreSQL still works on one, or
 * its answer was lost on the way: PostgreSQL does. A connection for which it did nothing at two looks in a row is dropped.
 *
 * @param ask asks on another connection, with a time-out
 */
export function lookAfter(
  pool: pg.Pool,
  ask: (text: string, values: unknown[]) => Promise<{ rows: { pid: number }[] }>,
): { stop(): void } {
  const atWork = new Map<Client, AtWork>();
  pool.on('acquire', (client: Client) => void atWork.set(client, { since: performance.now(), isSuspect: false }));
  pool.on('release', (_error: Error, client: Client) => void atWork.delete(client));

  async function look(): Promise<void> {
    const now = performance.now();
    const long = [...atWork].filter(([, { since }]) => now - since > unhurriedMs);
    if (long.length === 0) return;
    const { rows } = await ask(readStates, [long.map(([{ processID }]) => processID)]);
    const active = new Set(rows.map(({ pid }) => pid));
    for (const [client, work] of long) {
      if (atWork.get(client) !== work) continue;
      const isIdle = !active.has(client.processID ?? 0);
      if (isIdle && work.isSuspect) client.connection?.stream.destroy();
      work.isSuspect = isIdle;
    }
  }

  // Who cannot ask knows nothing, and looks again.
  const timer = setInterval(() => void look().catch(() => {}), everyMs).unref();
  return { stop: () => clearInterval(timer) };
}
