import type { IssueReason } from '@showroom/contract';
import type { z } from 'zod';

/** What Python calls the type of a JSON value. */
export function nameOfType(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  const names: Record<string, string> = { string: 'str', boolean: 'bool', object: 'dict' };
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  return names[typeof value] ?? 'NoneType';
}

const datetimeFormats =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].';

type Params = Record<string, unknown>;
const taken: Record<string, string> = {
  tag: 'tag with this Тег already exists.',
  'mobile operator code': 'mobile operator code with this Код оператора already exists.',
  user: 'A user with that username already exists.',
};

/** Django REST Framework's words for the reasons of our own; a reason without any keeps the contract's. */
const byReason: Partial<Record<IssueReason, (params: Params, value: unknown) => string>> = {
  blank: () => 'This field may not be blank.',
  null_character: () => 'Null characters are not allowed.',
  lone_surrogate: (_, value) => `Surrogate characters are not allowed: U+${firstLoneSurrogate(String(value))}.`,
  bad_username: () => 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
  bad_email: () => 'Enter a valid email address.',
  taken: ({ what }) => taken[String(what)] ?? 'This value is taken.',
  unknown_id: ({ id }) => `Invalid pk "${id}" - object does not exist.`,
  unknown_name: ({ column, name }) => `Object with ${column}=${name} does not exist.`,
};

const firstLoneSurrogate = (value: string) =>
  value
    .match(/\p{Surrogate}/u)?.[0]
    ?.charCodeAt(0)
    .toString(16)
    .toUpperCase() ?? '';

const wrongType: Record<string, (value: unknown) => string> = {
  string: () => 'Not a valid string.',
  boolean: () => 'Must be a valid boolean.',
  date: () => datetimeFormats,
  array: (value) => `Expected a list of items but got type "${nameOfType(value)}".`,
  int: (value) => `Incorrect type. Expected pk value, received ${nameOfType(value)}.`,
  number: (value) => `Incorrect type. Expected pk value, received ${nameOfType(value)}.`,
};

/** Why a value was refused, in the words the old service used. */
export function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') {
    const params = (issue.params ?? {}) as Params;
    return byReason[params.reason as IssueReason]?.(params, value) ?? issue.message;
  }
  if (value === undefined) return 'This field is required.';
  if (issue.code === 'invalid_value') return `"${value}" is not a valid choice.`;
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return `Ensure this field has no more than ${issue.maximum} characters.`;
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return issue.origin === 'date' ? datetimeFormats : `Invalid pk "${value}" - object does not exist.`;
  }
  if (issue.code !== 'invalid_type') return issue.message;
  const isEmptyKey = value === '' && (issue.expected === 'int' || issue.expected === 'number');
  if (value === null || isEmptyKey) return 'This field may not be null.';
  return wrongType[issue.expected]?.(value) ?? issue.message;
}
