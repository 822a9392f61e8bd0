import type { Database } from './database.js';

/** What time it is by PostgreSQL's clock, in milliseconds since 1970. */
export const readClock = async ({ sql }: Pick<Database, 'sql'>): Promise<number> =>
  (await sql<{ now: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'))[0]!.now;
