import { z } from 'zod';
import { Instant, microsOf } from './instant.js';
import { issue } from './issues.js';

/** A whole number. The document shows it as plain `integer`, as the API always has. */
export const integer = (title?: string) =>
  z.int().meta({ ...(title ? { title } : {}), override: { type: 'integer', minimum: undefined, maximum: undefined } });

interface QuantityOptions {
  min: number;
  max: number;
  description: string;
  example: number;
}

/** How much of something, as a whole number: not the id of a row, which is what other integers in bodies are. */
export const quantity = ({ min, max, description, example }: QuantityOptions) =>
  z
    .preprocess((value: number, { issues }) => {
      const refuse = (found: ReturnType<typeof issue>) => issues.push({ ...found, input: value });
      if (!Number.isSafeInteger(value)) refuse(issue('not_an_integer', [], 'Must be a whole number.'));
      else if (value < min) refuse(issue('too_little', [], `Must be at least ${min}.`, { min }));
      else if (value > max) refuse(issue('too_much', [], `Must be at most ${max}.`, { max }));
      return value;
    }, z.int())
    .meta({ description, override: { type: 'integer', minimum: min, maximum: max, example } });

/** The id of a row: given by the server, never taken from a body. */
export const Id = z
  .int()
  .positive()
  .meta({
    title: 'ID',
    readOnly: true,
    override: { type: 'integer', minimum: undefined, maximum: undefined, exclusiveMinimum: undefined },
  });

/** How many elements a list in a request may have: many times what a filter, a group or a user needs. */
export const mostElements = 1_000;

/**
 * A list as requests take it. Its length is judged first: a million elements cost no more than one. Answers show longer
 * lists too, which were written before there was this limit.
 *
 * @example sendable(ids('The groups of the user.'))
 */
export const sendable = <Element extends z.ZodType>(list: z.ZodArray<Element>) =>
  z
    .preprocess((value: z.input<Element>[], { issues }) => {
      if (Array.isArray(value) && value.length > mostElements) {
        const message = `Must have at most ${mostElements} elements, not ${value.length}.`;
        issues.push({ ...issue('too_many_elements', [], message, { max: mostElements }), input: value });
      }
      return value;
    }, list)
    .meta(list.meta() ?? {});

/** The ids of other rows: a set, answered in ascending order. */
export const ids = (description: string) =>
  z.array(integer().meta({ description })).meta({ uniqueItems: true, description });

/** Counts characters as people do: one emoji is one. It has at most two units of UTF-16, so long texts are not counted. */
const isLonger = (value: string, max: number) =>
  value.length > max && (value.length > 2 * max || [...value].length > max);

interface TextOptions {
  title: string;
  max: number;
  /** Whether the empty string is a value. */
  blank?: boolean;
  description?: string;
}

/** A string that PostgreSQL can keep: well-formed, without NUL, at most `max` characters, not blank unless said. */
export const text = ({ title, max, blank = false, description }: TextOptions) =>
  z
    .string()
    .check(({ value, issues }) => {
      const refuse = (found: ReturnType<typeof issue>) => issues.push({ ...found, input: value });
      if (!blank && value.trim() === '') {
        refuse(issue('blank', [], 'Must not be blank.'));
        return;
      }
      if (isLonger(value, max)) issues.push({ code: 'too_big', origin: 'string', maximum: max, input: value });
      if (value.includes('\0')) refuse(issue('null_character', [], 'Must not contain a NUL character.'));
      if (!value.isWellFormed()) refuse(issue('lone_surrogate', [], 'Must not contain half a surrogate pair.'));
    })
    .meta({ title, ...(description ? { description } : {}), ...(blank ? {} : { minLength: 1 }), maxLength: max });

/** A string as it is kept, which may be older than what is asked of new ones. The document shows it like `text`. */
export const stored = ({ title, max }: Pick<TextOptions, 'title' | 'max'>) =>
  z.string().meta({ title, minLength: 1, maxLength: max });

/** Strings whose surrounding blanks mean something: no face cuts them off. */
export const takenAsWritten = z.registry<object>();

/** A name to look rows up by: any string that PostgreSQL could hold. */
export const nameToFind = (description?: string) =>
  z
    .string()
    .check(({ value, issues }) => {
      if (!value.includes('\0')) return;
      issues.push({ ...issue('null_character', [], 'Must not contain a NUL character.'), input: value });
    })
    .meta(description ? { description } : {});

/** A time of day on a clock on the wall, `HH:MM`; seconds are taken if they are none: `09:00` and `09:00:00`. */
export const timeOfDay = (description: string, example: string) =>
  z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/, 'Must be a time of day such as "09:00".')
    .overwrite((value) => value.slice(0, 5))
    .meta({ description, override: { type: 'string', pattern: undefined, example } });

/** What four digits of a year can say. */
const firstInstant = new Date('0001-01-01T00:00:00Z');
const lastInstant = new Date('9999-12-31T23:59:59.999Z');

const notAnInstant = ({ input }: { input?: unknown }) =>
  input === undefined || input === null ? undefined : 'Must be a moment such as "2026-12-01T18:00:00Z".';

/** An instant: a `Date` in TypeScript, an ISO 8601 string with its offset in JSON. Never silently 1970. */
export const timestamp = (title?: string) =>
  z
    .preprocess(
      (value: Date | string) => (typeof value === 'string' ? parseInstant(value) : value),
      z.date({ error: notAnInstant }).min(firstInstant).max(lastInstant),
    )
    .meta({ ...(title ? { title } : {}), override: { type: 'string', format: 'date-time' } });

/**
 * An instant, or `now`: the server's clock says when that is, so no clock of a caller matters.
 *
 * @param titled what the field is called in the document
 */
export const timestampOrNow = (titled?: string) => {
  const instant = timestamp();
  return z
    .preprocess(
      (value: Date | string, { issues }) => {
        if (value === 'now') return value;
        const read = instant.safeParse(value);
        const refused = read.error?.issues ?? [];
        issues.push(...refused.map((each) => ({ ...each, input: value }) as z.core.$ZodRawIssue));
        return read.data;
      },
      z.union([z.date(), z.literal('now')]),
    )
    .meta({
      ...(titled ? { title: titled } : {}),
      override: {
        anyOf: [
          { type: 'string', format: 'date-time' },
          { type: 'string', enum: ['now'], description: 'The moment at which the server takes the request.' },
        ],
      },
    });
};

const instantPattern = /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):\d\d(:\d\d(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)$/;

const parseInstant = (value: string): Date | string => {
  const [, year, month, day, , , fraction = ''] = instantPattern.exec(value) ?? [];
  // JavaScript would make 2 March of 30 February.
  const daysInMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  const date = new Date(Number(day) <= daysInMonth ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? value : new Instant(date.getTime(), microsOf(fraction));
};
