import { ApiError } from './errors.js';

/*
 * tRPC writes the answers to one request in one piece, and nobody else is served meanwhile. A full page of 10,000 rows has
 * up to 10 million characters and takes a fifth of a second. Rows can be much longer: a mailing may name 1,000 tags.
 */

/** How many characters the answers to one request may have together, before JSON escapes any. */
const mostCharacters = 16_000_000;
/** A number, a literal, or the punctuation around a value or a name. */
const shortValue = 4;
/** As text, and again with its path in superjson's annotations. */
const dateLength = 80;

/** Counts an answer that tRPC is about to write. */
export type WeighAnswer = (answer: unknown) => void;

/**
 * Makes what counts the answers to one request.
 *
 * @throws ApiError request.invalid when they are too long together
 */
export function createScales(most = mostCharacters): WeighAnswer {
  let left = most;

  function weigh(value: unknown): void {
    if (left < 0) return;
    left -= shortValue;
    if (typeof value === 'string') left -= value.length;
    else if (value instanceof Date) left -= dateLength;
    else if (Array.isArray(value)) value.forEach(weigh);
    else if (typeof value === 'object' && value !== null) weighFields(value);
  }

  function weighFields(value: object): void {
    for (const [name, field] of Object.entries(value)) {
      left -= name.length;
      weigh(field);
    }
  }

  return (answer) => {
    const before = left;
    weigh(answer);
    if (left >= 0) return;
    left = before;
    const reason = `The answer is too long: the answers to one request may have ${most} characters together.`;
    throw new ApiError('request.invalid', `${reason} Set a lower limit, send fewer calls in a batch, or use REST.`);
  };
}
