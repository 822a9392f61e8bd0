const spellOut = (sign: string) => `\\u{${sign.codePointAt(0)!.toString(16)}}`;

/**
 * A line as a terminal may show it: what others have written must not steer it. Control characters and marks of direction
 * are spelled out.
 */
export const toVisible = (line: string): string =>
  line.replaceAll(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, spellOut);

/**
 * A value as it stands in a file, with everything in it that is not seen.
 *
 * @example toQuoted('79\u200b00') // '"79\\u{200b}00"'
 */
export const toQuoted = (value: string): string => `"${value.replaceAll(/\p{C}|[^\P{Z} ]/gu, spellOut)}"`;
