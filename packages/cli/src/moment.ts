/** A moment as it was typed: `now`, so long after now, or a date. */
export type Moment = { readonly afterMs: number } | { readonly at: Date };

const units = { d: 86_400_000, h: 3_600_000, m: 60_000 };
const longestMs = 3_660 * units.d;

/** How a moment may be typed; part of every refusal. */
export const momentForms =
  '+30m, +2h, +1d12h, or a date and a time such as 2026-12-01T09:00Z, 2026-12-01T12:00+03:00 or "2026-12-01 12:00" (of this machine\'s time zone)';

/**
 * What somebody typed as a moment. It takes only what can be meant in one way: no names of months, no day before or after
 * its month, no date without a time, no time that the clocks skip or pass twice.
 *
 * @returns a sentence when it is refused
 */
export function toMoment(text: string): Moment | string {
  if (text === 'now') return { afterMs: 0 };
  return text.startsWith('+') ? toAfter(text) : toDate(text);
}

function toAfter(text: string): Moment | string {
  const found = /^\+(?=.)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?$/.exec(text);
  if (!found) return 'A duration is like +30m, +2h or +1d12h.';
  const [days, hours, minutes] = found.slice(1).map((count = '0') => Number(count)) as [number, number, number];
  const afterMs = days * units.d + hours * units.h + minutes * units.m;
  if (afterMs === 0) return 'It takes no time: say now, or a longer duration.';
  return afterMs > longestMs ? 'It is more than ten years ahead.' : { afterMs };
}

const datePattern =
  /^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(?<zone>[Zz]|[+-]\d\d:\d\d)?$/;

function toDate(text: string): Moment | string {
  const { date, time, zone } = datePattern.exec(text)?.groups ?? {};
  if (date === undefined || time === undefined) return toReason(text);
  const wall = toWall(date, time);
  if (typeof wall === 'string') return wall;
  if (zone === undefined) return toLocal(wall, text);
  const offsetMs = toOffset(zone);
  return offsetMs === undefined
    ? `${zone} is not an offset: it goes from -12:00 to +14:00.`
    : { at: new Date(wall - offsetMs) };
}

function toReason(text: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'A time is missing: the whole day could be meant.';
  if (/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}/.test(text))
    return 'It could be day or month first: the year comes first, as in 2026-12-01T09:00Z.';
  return `It must be now, ${momentForms}.`;
}

/** What a clock shows, as if it were that of UTC; a sentence, where no clock shows it. */
function toWall(date: string, time: string): number | string {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const [hours, minutes, seconds = 0] = time.split(':').map(Number) as [number, number, number?];
  if (hours > 23 || minutes > 59 || seconds >= 60) return `There is no ${time}: a day goes from 00:00 to 23:59:59.`;
  const wall = new Date(Date.UTC(year, month - 1, day, hours, minutes, 0, Math.round(seconds * 1_000)));
  return wall.toISOString().startsWith(date) ? wall.getTime() : `There is no ${date} in the calendar.`;
}

function toOffset(zone: string): number | undefined {
  if (/z/i.test(zone)) return 0;
  const [hours, minutes] = zone.slice(1).split(':').map(Number) as [number, number];
  const offset = (zone[0] === '-' ? -1 : 1) * (hours * 60 + minutes);
  return minutes < 60 && offset >= -12 * 60 && offset <= 14 * 60 ? offset * units.m : undefined;
}

/** Of the time zone of this machine: what shows these figures there, once and not twice. */
function toLocal(wall: number, text: string): Moment | string {
  const offsets = [-units.d, units.d].map((away) => localOffset(wall + away));
  const found = [...new Set(offsets)].map((offset) => wall - offset).filter((at) => at + localOffset(at) === wall);
  if (found.length === 1) return { at: new Date(found[0]!) };
  const why = found.length === 0 ? 'the clocks skip it' : 'the clocks show it twice';
  return `In ${localZone()} ${why} that night: give an offset, as in ${text.replace(' ', 'T')}+02:00.`;
}

/** In milliseconds, to the east of UTC. */
export const localOffset = (at: number): number => -new Date(at).getTimezoneOffset() * units.m;

const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * A moment as this machine's clock shows it, and as UTC's does.
 *
 * @example showDate(date) // '2026-12-01 10:00 +03:00 (Europe/Moscow), which is 07:00 UTC'
 */
export function showDate(date: Date): string {
  const offset = localOffset(date.getTime()) / units.m;
  const [localDay, localTime] = clockOf(date.getTime() + offset * units.m);
  const [day, time] = clockOf(date.getTime());
  if (offset === 0 && localZone() === 'UTC') return `${day} ${time} UTC`;
  const zone = `${offset < 0 ? '-' : '+'}${twoDigits(Math.abs(offset) / 60)}:${twoDigits(Math.abs(offset) % 60)}`;
  const utc = localDay === day ? time : `${day} ${time}`;
  return `${localDay} ${localTime} ${zone} (${localZone()}), which is ${utc} UTC`;
}

const twoDigits = (count: number) => String(Math.floor(count)).padStart(2, '0');

/** Day and time; seconds only where there are some. */
function clockOf(at: number): [string, string] {
  const [day, time] = new Date(at).toISOString().slice(0, -1).split('T') as [string, string];
  return [day, time.replace(/:00\.000$|\.000$/, '')];
}
