import { randomInt } from 'node:crypto';
import { z } from 'zod';

/** In the order in which one draw is laid over their shares. */
export const FAULT_NAMES = [
  'error_500',
  'busy_429',
  'garbage',
  'refused_code',
  'refused_400',
  'unauthorized_401',
  'hang',
  'reset_after_accept',
] as const;
export type FaultName = (typeof FAULT_NAMES)[number];

const LONGEST_MS = 10 * 60_000;
const LONGEST_RETRY_AFTER_S = 86_400;
const Share = z.number().min(0, { abort: true }).max(1, { abort: true }).default(0);

/**
 * What `PUT /faults` and PROBE_FAULTS say: shares (0 to 1) of the requests that meet each fault, and how late every
 * answer is. What is left out is off; without a `seed` one is made up and shown by `GET /faults`.
 *
 * @example
 * Faults.parse({ delay_ms: 50, error_500: 0.01, busy_429: 0.1, retry_after_seconds: 2, seed: 7 });
 */
export const Faults = z
  .strictObject({
    seed: z
      .int()
      .min(0)
      .max(2 ** 32 - 1)
      .optional(),
    delay_ms: z.int().min(0).max(LONGEST_MS).default(0),
    jitter_ms: z.int().min(0).max(LONGEST_MS).default(0),
    retry_after_seconds: z.int().min(0).max(LONGEST_RETRY_AFTER_S).optional(),
    error_500: Share,
    busy_429: Share,
    garbage: Share,
    refused_code: Share,
    refused_400: Share,
    unauthorized_401: Share,
    hang: Share,
    reset_after_accept: Share,
  })
  .refine((faults) => sumOfShares(faults) <= 1 + 1e-9, 'the shares add up to more than 1');
export type Faults = z.infer<typeof Faults>;

/** What one request meets: at most one fault, and how long its answer waits. */
interface Draw {
  fault: FaultName | undefined;
  waitMs: number;
}

/** The faults now in force, and the dice. */
export interface FaultSource {
  current(): Faults;
  set(faults: Faults): void;
  draw(): Draw;
}

/**
 * Builds the source of faults. Each valid request takes two numbers from the generator, needed or not, so that with a
 * `seed` the n-th request after `set` always meets the same fault.
 *
 * @example
 * const faults = createFaultSource(Faults.parse({ hang: 0.01, seed: 7 }));
 * faults.draw(); // { fault: undefined, waitMs: 0 }, or in one of a hundred { fault: 'hang', waitMs: 0 }
 */
export function createFaultSource(initial: Faults): FaultSource {
  let current = seeded(initial);
  let random = createRandom(current.seed);

  return {
    current: () => current,
    set(faults) {
      current = seeded(faults);
      random = createRandom(current.seed);
    },
    draw() {
      const point = random();
      const waitMs = current.delay_ms + Math.floor(random() * (current.jitter_ms + 1));
      return { fault: faultAt(current, point), waitMs };
    },
  };
}

function seeded(faults: Faults): Faults & { seed: number } {
  return { ...faults, seed: faults.seed ?? randomInt(2 ** 32) };
}

function sumOfShares(faults: Record<FaultName, number>): number {
  return FAULT_NAMES.reduce((sum, name) => sum + faults[name], 0);
}

/** The shares lie end to end on the line from 0 to 1; where the point falls is the fault. */
function faultAt(faults: Faults, point: number): FaultName | undefined {
  let upTo = 0;
  for (const name of FAULT_NAMES) {
    upTo += faults[name];
    if (point < upTo) return name;
  }
  return undefined;
}

/** Mulberry32: 32 bits of state, quick, and good enough for dice. Numbers from 0 (included) to 1 (excluded). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
