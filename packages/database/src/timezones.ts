import { timezoneNames } from '@showroom/contract';
import type { Database } from './database.js';

const unknownOf = 'SELECT name FROM unnest($1::text[]) AS name WHERE known_zone(name) IS NULL';

/**
 * Warns when this PostgreSQL lacks time zones that clients may have: its tables are older than the list. In a mailing with
 * a window, the messages of such clients are canceled.
 *
 * @returns the names that it lacks
 */
export async function warnOfUnknownTimezones(
  { sql }: Pick<Database, 'sql'>,
  logger: { warn(context: object, message: string): void },
): Promise<string[]> {
  const rows = await sql<{ name: string }>(unknownOf, [timezoneNames]);
  const timezones = rows.map(({ name }) => name);
  if (timezones.length > 0) {
    logger.warn(
      { timezones },
      'PostgreSQL does not know some time zones of the list: update it or its time zone tables',
    );
  }
  return timezones;
}
