import unhomoglyph from 'unhomoglyph';

/** Small capitals that Unicode's table of look-alikes leaves as they are. */
const smallCapitals = new Map(
  Object.entries({
    ᴀ: 'a',
    ʙ: 'b',
    ᴅ: 'd',
    ᴇ: 'e',
    ꜰ: 'f',
    ɢ: 'g',
    ʜ: 'h',
    ᴊ: 'j',
    ĸ: 'k',
    ʟ: 'l',
    ʍ: 'm',
    ɴ: 'n',
    ᴘ: 'p',
    ꞯ: 'q',
    ʀ: 'r',
    ᴛ: 't',
  }),
);

/** Characters that cannot be seen, or are drawn on top of others. */
const unseen = /[\p{M}\p{Default_Ignorable_Code_Point}]/gu;

const withoutMarks = (text: string): string => text.normalize('NFKD').replace(unseen, '');

const isAscii = (text: string): boolean => /^[ -~]+$/.test(withoutMarks(text));

/** A small letter may look like none, while its capital does: Cyrillic `в` is `В`, which is drawn like `B`. */
function foldCharacter(character: string): string {
  const folded = unhomoglyph(character);
  if (isAscii(folded)) return folded;
  const foldedCapital = unhomoglyph(character.toUpperCase());
  return isAscii(foldedCapital) ? foldedCapital : (smallCapitals.get(folded) ?? folded);
}

const foldLetters = (text: string): string => withoutMarks([...text].map(foldCharacter).join('')).toLowerCase();

/**
 * What a name looks like: two names that people could take for each other have the same. Not for people to read. By
 * Unicode's table of look-alikes (UTS 39), without regard to letter case and marks. `i` counts as `l`, as `I` looks like it.
 *
 * @example lookOf('Аdmin') === lookOf('ADM1N') // the first letter is Cyrillic
 */
export function lookOf(name: string): string {
  const folded = foldLetters(withoutMarks(name));
  // Again: a capital has become a small letter, for which the table may have another look.
  return foldLetters(folded).replaceAll('i', 'l');
}
