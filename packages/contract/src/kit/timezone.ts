import { type CustomIssue, issue } from './issues.js';

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

/**
 * Tells what is wrong with a time zone beside what is wrong with it as a text; null when it is right.
 *
 * @example timezoneIssue('Mars/Base')?.params.reason // 'unknown_timezone'
 */
export function timezoneIssue(value: string, path: string[] = []): CustomIssue | null {
  if (isTimezone(value)) return null;
  const message = 'Must be an IANA time zone such as "Europe/Moscow", or an offset such as "+03:00".';
  return issue('unknown_timezone', path, message);
}
