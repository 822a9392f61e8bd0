import { Instant, microsOf } from '@showroom/contract';

/*
 * Dates as Django reads and writes them: a space may stand for the T, seconds and offset may be missing (then it is
 * UTC), single digits are enough, an offset may be `+03`; answers are UTC with `Z`, with six digits of a fraction where
 * there is one and none where there is not.
 */
const pattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?(Z|([+-])(\d{2})(?::?(\d{2}))?)?$/;

const minutesOfDay = 24 * 60;

/** The instant, or null when Django would not read it. */
export function parseDrfDatetime(value: string): Instant | null {
  const match = pattern.exec(value);
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', , sign, offsetHours, offsetMinutes = '0'] =
    match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(Date.UTC(...parts, Number(fraction.padEnd(3, '0').slice(0, 3))));
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  if (!isWhatWasSaid(date, parts) || Math.abs(offset) >= minutesOfDay) return null;
  return new Instant(date.getTime() - offset * 60_000, microsOf(fraction));
}

/** Whether the calendar has such a date: 30 February would have become a day in March. */
function isWhatWasSaid(date: Date, [year, month, day, hour, minute, second]: readonly number[]): boolean {
  return (
    year !== 0 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  );
}

/** `2099-01-01T10:00:00Z`, or `2099-01-01T10:00:00.500000Z`. */
export const toDrfDatetime = (date: Date): string =>
  date
    .toISOString()
    .replace(/\.(\d{3,6})Z$/, (_, digits: string) => (Number(digits) === 0 ? 'Z' : `.${digits.padEnd(6, '0')}Z`));
