/** What people write into a phone number, and what a program that copies one brings along. */
const marks = /[\p{Default_Ignorable_Code_Point}\t\p{Zs}\p{Pd}\u02d7\u2043\u2212()[\]{}（）]/gu;

/** An apostrophe makes a spreadsheet take a number as text; a plus stands before a country code. */
const before = /^['’‘ʼ`´+＋]+(?=\d)/u;

/**
 * The digits of a phone number as people write it. Whatever else is in it stays, and is refused later. A dot stays, too:
 * `9001234567.0` is a number with a decimal, and its digits are not the phone number.
 *
 * @example toDigits('+7 (900) 000-01-06') === '79000000106'
 */
export function toDigits(given: string): string {
  if (isDigits(given)) return given;
  return given.replace(marks, '').replace(before, '');
}

export const isDigits = (text: string): boolean => /^[0-9]+$/.test(text);

/** Why a spreadsheet has made something else of a phone number; null if it has not. */
export function spoiled(given: string): string | null {
  if (!/^\s*[+-]?\d+([.,]\d+)?e[+-]?\d+\s*$/i.test(given)) return null;
  return 'Is in scientific notation, which loses digits. Format the column as text and enter the number again.';
}

/** Why a phone number may be another's; null if nothing speaks for that. */
export const doubtAbout = (digits: string): string | null =>
  digits.startsWith('8')
    ? 'Starts with 8. A Russian number must start with 7: 8 is the prefix of calls within the country.'
    : null;
