const offsetPattern = /^[+-](0\d|1[0-4]):?[0-5]\d$/;
const known = new Set<string>();

/**
 * Whether `name` is a time zone: an IANA name or an offset from UTC.
 *
 * @example isTimezone('Europe/Moscow') && isTimezone('+03:00') && !isTimezone('Mars/Base')
 */
export function isTimezone(name: string): boolean {
  if (offsetPattern.test(name) || known.has(name)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    known.add(name);
    return true;
  } catch {
    return false;
  }
}
