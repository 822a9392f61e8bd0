/** Numbers from 0 (included) to 1, always the same ones for the same seeds. */
export type Random = () => number;

/**
 * A generator seeded by any numbers (splitmix32).
 *
 * @example seededBy(seed, phone, attempt)() // what becomes of this attempt, in whatever order requests arrive
 */
export function seededBy(...seeds: number[]): Random {
  let state = seeds.reduce((mixed, seed) => mix((mixed ^ seed) + Math.floor(seed / 2 ** 32)), 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mix(state) / 2 ** 32;
  };
}

/** A whole number between the two, both included. */
export const between = (random: Random, [from, to]: readonly [number, number]): number =>
  from + Math.floor(random() * (to - from + 1));

export const oneOf = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

function mix(number: number): number {
  let mixed = number | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
