import type { SmsParts } from '@showroom/contract';

/** The alphabet of GSM 03.38, whose characters take 7 bits each. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension: an escape goes before each of these, so they count two. */
const extension = new Set('\f^{}\\[~]|€');

/** How many characters a text may have that is sent alone, and each part of one that is sent in several. */
const room = { 'GSM-7': { alone: 160, inParts: 153 }, 'UCS-2': { alone: 70, inParts: 67 } } as const;

/**
 * In how many short messages a text goes to each of `audience` phones. One character outside of GSM-7 makes the whole
 * text UCS-2, where a character counts as its UTF-16 units. What counts two is never split over two parts.
 *
 * @example toSmsParts('Привет', 10) // { encoding: 'UCS-2', characters: 6, parts: 1, total_parts: 10 }
 */
export function toSmsParts(text: string, audience: number): SmsParts {
  const characters = [...text];
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character));
  const encoding = isGsm ? 'GSM-7' : 'UCS-2';
  const sizes = characters.map((character) => (isGsm ? 1 + Number(extension.has(character)) : character.length));
  const size = sizes.reduce((sum, each) => sum + each, 0);
  const { alone, inParts } = room[encoding];
  const parts = size <= alone ? 1 : countParts(sizes, inParts);
  return { encoding, characters: size, parts, total_parts: parts * audience };
}

function countParts(sizes: readonly number[], most: number): number {
  let parts = 1;
  let filled = 0;
  for (const size of sizes) {
    if (filled + size > most) {
      parts += 1;
      filled = 0;
    }
    filled += size;
  }
  return parts;
}
