import type { ServerResponse } from 'node:http';
import { seededBy } from './random.js';

/** How a request ends: whether the provider accepts the message (it counts as delivered), and what the sender hears. */
interface Ending {
  readonly accepts: boolean;
  answer(response: ServerResponse): void;
}

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const accepted: Ending = {
  accepts: true,
  answer: (response) => json(response, 200, { code: 0, message: 'OK' }),
};

export const refused: Ending = {
  accepts: false,
  answer: (response) => json(response, 200, { code: 1, message: 'This phone takes no messages.' }),
};

/** What can go wrong with one request. The first two do not pass: an id that met one meets it for ever. */
export const faults = {
  refused,
  error_500_for_ever: { accepts: false, answer: (response) => json(response, 500, { code: 500, message: 'broken' }) },
  error_500: { accepts: false, answer: (response) => json(response, 500, { code: 500, message: 'broken' }) },
  busy_429: {
    accepts: false,
    answer: (response) => json(response, 429, { code: 429, message: 'busy' }, { 'retry-after': '1' }),
  },
  unauthorized_401: { accepts: false, answer: (response) => json(response, 401, { code: 401, message: 'who?' }) },
  garbage: { accepts: false, answer: (response) => void response.writeHead(200).end('<html>It works!</html>') },
  garbage_after_accept: { accepts: true, answer: (response) => void response.writeHead(200).end('{"code":') },
  reset: { accepts: false, answer: (response) => void response.socket?.resetAndDestroy() },
  reset_after_accept: { accepts: true, answer: (response) => void response.socket?.resetAndDestroy() },
  // Nothing is held but the connection: it goes when the sender loses patience, or the provider closes.
  hang: { accepts: false, answer: () => {} },
  hang_after_accept: { accepts: true, answer: () => {} },
} satisfies Record<string, Ending>;

export type Fault = keyof typeof faults;

/** How likely each fault is, from 0 to 1; their sum is 1 at the most. */
export type FaultRates = Partial<Record<Fault, number>>;

/**
 * What meets this attempt, if anything. It depends on nothing but its arguments, so a run with the same seed meets the
 * same faults, however its requests are interleaved.
 */
export function drawFault(rates: FaultRates, seed: number, phone: number, attempt: number): Fault | null {
  let draw = seededBy(seed, phone, attempt)();
  for (const [fault, rate] of Object.entries(rates) as [Fault, number][]) {
    if (draw < rate) return fault;
    draw -= rate;
  }
  return null;
}
