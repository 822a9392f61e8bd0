/**
 * Names characters for people who may not see them: a printable one in quotes, others by their code point.
 *
 * @example nameCharacters(['+', ' ', '\u202a']) // '"+", blanks or U+202A'
 */
export function nameCharacters(characters: Iterable<string>): string {
  const names = [...new Set(characters)].map(nameOf);
  const last = names.pop() ?? '';
  return names.length > 0 ? `${names.join(', ')} or ${last}` : last;
}

function nameOf(character: string): string {
  if (character === ' ') return 'blanks';
  if (/^[!-~]$/.test(character)) return `"${character}"`;
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  // Marks, blanks and controls show nothing, or change what stands beside them.
  return /^[\p{M}\p{Z}\p{C}]$/u.test(character) ? code : `"${character}" (${code})`;
}
