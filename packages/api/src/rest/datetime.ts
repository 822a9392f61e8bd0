/*
 * Dates as Django reads and writes them: a space may stand for the T, seconds and offset may be missing (then it is
 * UTC), single digits are enough, an offset may be `+03`; answers are UTC with `Z`, with six digits of a fraction where
 * there is one and none where there is not.
 */
const pattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})[T ](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,6})\d{0,6})?)?(Z|([+-])(\d{2})(?::?(\d{2}))?)?$/;

/** The instant, or null when Django would not read it. */
export function parseDrfDatetime(value: string): Date | null {
  const match = pattern.exec(value.trim());
  if (!match) return null;
  const [, year, month, day, hour, minute, second = '0', fraction = '', , sign, offsetHours, offsetMinutes = '0'] =
    match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  const date = new Date(Date.UTC(...parts, Math.floor(Number(`0.${fraction || 0}`) * 1000)));
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  if (!isWhatWasSaid(date, parts)) return null;
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes)) * (sign === '-' ? -1 : 1);
  return new Date(date.getTime() - offset * 60_000);
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
  date.toISOString().replace(/\.(\d{3})Z$/, (_, ms: string) => (ms === '000' ? 'Z' : `.${ms}000Z`));
