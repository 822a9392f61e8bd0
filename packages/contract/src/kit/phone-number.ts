import { nameCharacters } from './characters.js';
import { type CustomIssue, issue } from './issues.js';

/** The country code first, which begins with no zero. A pattern that JavaScript and PostgreSQL read alike. */
export const phoneNumberPattern = '^[1-9][0-9]{0,10}$';
const phoneNumber = new RegExp(phoneNumberPattern);

/** Whether a provider can be asked for this number. Cheap enough for every message. */
export const isPhoneNumber = (value: string): boolean => phoneNumber.test(value);

/**
 * Tells what is wrong with a number beside what is wrong with it as a text of at most 11 characters; null when it is right.
 *
 * @example phoneNumberIssue('+7900')?.message // 'Must consist of digits, without "+".'
 */
export function phoneNumberIssue(value: string, path: string[] = []): CustomIssue | null {
  const others = [...value].filter((character) => !/[0-9]/.test(character));
  if (others.length > 0) {
    return issue('not_digits', path, `Must consist of digits, without ${nameCharacters(others)}.`);
  }
  if (isPhoneNumber(value)) return null;
  if (value === '') return issue('not_digits', path, 'Must consist of digits.');
  const message = 'Must not begin with 0: write the number with its country code, such as "447700900123".';
  return issue('leading_zero', path, message);
}
