import { Instant, microsOf } from '@showroom/contract';
import pg from 'pg';

const bigintOid = 20;
const timestamptzOid = 1184;

const parseDate = pg.types.getTypeParser(timestamptzOid) as (text: string) => Date | number | null;

/** `2099-01-01 10:00:00.123456+00` → an Instant; pg's own parser drops the microseconds. */
function parseInstant(text: string): Date | number | null {
  const date = parseDate(text);
  const fraction = /\.(\d{4,6})/.exec(text)?.[1];
  return date instanceof Date && fraction ? new Instant(date.getTime(), microsOf(fraction)) : date;
}

const own: Record<number, unknown> = { [bigintOid]: Number, [timestamptzOid]: parseInstant };

/** bigint comes as a number (ids and counts stay far below 2^53), timestamptz with its microseconds. */
export const exactParsers = {
  ...pg.types,
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    own[oid] ?? pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};
