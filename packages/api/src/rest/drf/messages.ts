import type { IssueReason } from '@showroom/contract';
import type { z } from 'zod';
import { isNumber, nameOfType, toQuotedText } from './python.js';

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
  not_an_integer: () => 'A valid integer is required.',
  too_little: ({ min }) => `Ensure this value is greater than or equal to ${min}.`,
  too_much: ({ max }) => `Ensure this value is less than or equal to ${max}.`,
  too_many_elements: ({ max }) => `Ensure this field has no more than ${max} elements.`,
  bad_username: () => 'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.',
  bad_email: () => 'Enter a valid email address.',
  taken: ({ what, field }) => taken[String(what)] ?? `${what} with this ${field} already exists.`,
  unknown_id: (_, value) => unknownKey(value),
  unknown_name: ({ column }, value) => `Object with ${column}=${toQuotedText(value)} does not exist.`,
};

const unknownKey = (value: unknown) => `Invalid pk "${toQuotedText(value)}" - object does not exist.`;

const firstLoneSurrogate = (value: string) =>
  value
    .match(/\p{Surrogate}/u)?.[0]
    ?.charCodeAt(0)
    .toString(16)
    .toUpperCase() ?? '';

/** What is wrong with an integer of the contract that is no quantity: it is the id of another row. */
const wrongKey = (value: unknown) => {
  const isKey = isNumber(value) || (typeof value === 'string' && /^\s*[+-]?\d+\s*$/.test(value));
  return isKey ? unknownKey(value) : `Incorrect type. Expected pk value, received ${nameOfType(value)}.`;
};

const wrongType: Record<string, (value: unknown) => string> = {
  string: () => 'Not a valid string.',
  boolean: () => 'Must be a valid boolean.',
  date: () => datetimeFormats,
  array: (value) => `Expected a list of items but got type "${nameOfType(value)}".`,
  int: wrongKey,
  number: wrongKey,
};

/**
 * Why a value was refused, in the words the old service used.
 *
 * @param value what was sent, undefined when nothing was
 */
export function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'custom') {
    const params = (issue.params ?? {}) as Params;
    return byReason[params.reason as IssueReason]?.(params, value) ?? issue.message;
  }
  if (value === undefined) return 'This field is required.';
  if (issue.code === 'invalid_value') {
    return `Select a valid choice. ${toQuotedText(value)} is not one of the available choices.`;
  }
  if (issue.code === 'too_big' && issue.origin === 'string') {
    return `Ensure this field has no more than ${issue.maximum} characters.`;
  }
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return issue.origin === 'date' ? 'Datetime value out of range.' : wrongKey(value);
  }
  if (issue.code !== 'invalid_type') return issue.message;
  const isEmptyKey = value === '' && (issue.expected === 'int' || issue.expected === 'number');
  if (value === null || isEmptyKey) return 'This field may not be null.';
  return wrongType[issue.expected]?.(value) ?? issue.message;
}
