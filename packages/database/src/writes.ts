import type { Database } from './database.js';
import { troubleOf } from './trouble.js';

/** More rows than fit into the memory that is allowed for them, so that PostgreSQL writes a megabyte to its disk. */
const spill = 'SELECT count(*)::int AS rows FROM generate_series(1, 65536) AS n';

/**
 * Why PostgreSQL takes no writes, in words; nothing when it takes them. Writes a temporary file and no row, so it costs
 * neither WAL nor vacuum.
 */
export async function tellWhyNoWrites({
  sql,
  transaction,
}: Pick<Database, 'sql' | 'transaction'>): Promise<string | undefined> {
  try {
    return await transaction(async (open) => {
      await sql(`SET LOCAL work_mem = '64kB'`, [], open);
      await sql(spill, [], open);
      const [row] = await sql<{ mode: string }>(`SELECT current_setting('transaction_read_only') AS mode`, [], open);
      return row?.mode === 'on' ? 'PostgreSQL is read-only' : undefined;
    });
  } catch (error) {
    if (troubleOf(error) === 'full') return 'the disk of PostgreSQL is full';
    throw error;
  }
}
