import { type CustomIssue, issue } from './issues.js';
import { abbreviations, namesByArea } from './timezone-names.js';

/** The names of time zones that a client may have, beside offsets. */
export const timezoneNames: readonly string[] = namesByArea.flatMap(([area, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map((name) => area + name),
);

const offsetPattern = /^[+-](0\d|1[0-4]):?[0-5]\d$/;
const spellings = new Map(timezoneNames.map((name) => [name.toLowerCase(), name]));
const candidates = new Map(Object.entries(abbreviations).map(([name, zones]) => [name, zones.split(' ')]));

/** The zones that people mean by an abbreviation; none for what is no abbreviation. */
export const meantBy = (name: string): readonly string[] => candidates.get(name.toUpperCase()) ?? [];

/**
 * A name of a time zone as the list spells it; anything else as it is.
 *
 * @example spellTimezone('europe/moscow') // 'Europe/Moscow'
 */
export const spellTimezone = (name: string): string => spellings.get(name.toLowerCase()) ?? name;

/** Whether `name` is on the list, in any letter case. */
export const isTimezoneName = (name: string): boolean => spellings.has(name.toLowerCase());

/**
 * Whether `name` is a time zone: an IANA name, in any letter case, or an offset from UTC.
 *
 * @example isTimezone('Europe/Moscow') && isTimezone('+03:00') && !isTimezone('Mars/Base') && !isTimezone('EST')
 */
export const isTimezone = (name: string): boolean => offsetPattern.test(name) || isTimezoneName(name);

/**
 * Tells what is wrong with a time zone beside what is wrong with it as a text; null when it is right.
 *
 * @example timezoneIssue('BST')?.message // '"BST" is ambiguous: use Asia/Dhaka or Europe/London.'
 */
export function timezoneIssue(value: string, path: string[] = []): CustomIssue | null {
  if (isTimezone(value)) return null;
  const meant = meantBy(value);
  if (meant.length > 0) return issue('ambiguous_timezone', path, tellAbbreviation(value, meant));
  const message = 'Must be an IANA time zone such as "Europe/Moscow", or an offset such as "+03:00".';
  return issue('unknown_timezone', path, message);
}

function tellAbbreviation(value: string, meant: readonly string[]): string {
  const [last, ...others] = meant.toReversed();
  if (others.length === 0) return `"${value}" is an abbreviation, not an IANA time zone: use ${last}.`;
  return `"${value}" is ambiguous: use ${others.toReversed().join(', ')} or ${last}.`;
}
