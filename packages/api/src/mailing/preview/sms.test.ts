import { expect } from 'chai';
import fc from 'fast-check';
import { toSmsParts } from './sms.js';

/** What no phone splits; the combining mark and the skin tone are characters of their own. */
const gsm = fc.constantFrom('a', 'Z', 'é', 'Ω', '\n', '€', '[', '\f');
const unicode = fc.constantFrom('a', '€', 'я', '😀', '\u0301', '\u{1f3fd}');

describe('the parts of a text', () => {
  for (const [what, text, encoding, characters, parts] of [
    ['one part of GSM-7', 'a'.repeat(160), 'GSM-7', 160, 1],
    ['two parts of GSM-7', 'a'.repeat(161), 'GSM-7', 161, 2],
    ['two full parts of GSM-7', 'a'.repeat(306), 'GSM-7', 306, 2],
    ['three parts of GSM-7', 'a'.repeat(307), 'GSM-7', 307, 3],
    ['what of GSM-7 is not of ASCII', '£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà', 'GSM-7', 39, 1],
    ['the whole extension, which counts two', '\f^{}\\[~]|€', 'GSM-7', 20, 1],
    ['one part of what counts two', '€'.repeat(80), 'GSM-7', 160, 1],
    ['two parts of what counts two', '€'.repeat(81), 'GSM-7', 162, 2],
    ['an escape that is not torn', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['a letter that is not of GSM-7', 'ç', 'UCS-2', 1, 1],
    ['one part of Cyrillic', 'я'.repeat(70), 'UCS-2', 70, 1],
    ['two parts of Cyrillic', 'я'.repeat(71), 'UCS-2', 71, 2],
    ['two full parts of Cyrillic', 'я'.repeat(134), 'UCS-2', 134, 2],
    ['three parts of Cyrillic', 'я'.repeat(135), 'UCS-2', 135, 3],
    ['what would count two in GSM-7, among Cyrillic', `${'я'.repeat(69)}€`, 'UCS-2', 70, 1],
    ['one part of emoji', '😀'.repeat(35), 'UCS-2', 70, 1],
    ['a surrogate pair that is not torn', `${'я'.repeat(66)}😀${'я'.repeat(66)}`, 'UCS-2', 134, 3],
    [
      'an emoji and its skin tone, between which a part may end',
      `${'я'.repeat(65)}👍🏽${'я'.repeat(65)}`,
      'UCS-2',
      134,
      2,
    ],
    ['a letter under a heap of accents', `e${'\u0301'.repeat(300)}`, 'UCS-2', 301, 5],
  ] as const) {
    it(`are counted: ${what}`, () => {
      expect(toSmsParts(text, 3)).to.deep.equal({ encoding, characters, parts, total_parts: 3 * parts });
    });
  }

  it('are as few as hold the text, for nothing is torn', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(gsm, { maxLength: 500 }), fc.array(unicode, { maxLength: 500 })), (letters) => {
        const { encoding, characters, parts } = toSmsParts(letters.join(''), 1);
        const [alone, inParts] = encoding === 'GSM-7' ? [160, 153] : [70, 67];
        expect(parts === 1).to.equal(characters <= alone!);
        // Each part but the last has at most one character's place left.
        if (parts > 1) expect(characters).to.be.within((parts - 1) * (inParts! - 1) + 1, parts * inParts!);
      }),
    );
  });
});
