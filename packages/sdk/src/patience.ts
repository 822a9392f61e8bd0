import { ConnectionError, causesOf, RateLimitError, ServerError, type ShowroomError, TimeoutError } from './errors.js';
import type { CallOptions } from './options.js';
import { pause } from './pause.js';

export interface Patience {
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly logger: { warn(message: string, details: object): void } | undefined;
}

/** The first and the longest pause before another try; a service that says how long to wait is heard, up to a minute. */
const pausesMs = { first: 300, longest: 8_000, asked: 60_000 };

/**
 * Makes a call, again and again where it may: after a failure that time may heal, with a pause that doubles, and jitter, or
 * as long as the service asks for.
 *
 * @param name of the call, for whoever reads the log
 * @param attempt one try; its signal aborts when its time is over, or when the caller aborts
 * @param mayRepeat whether a try that may have arrived can be made again
 */
export async function patiently<T>(
  { timeoutMs, maxRetries, logger }: Patience,
  name: string,
  options: CallOptions,
  mayRepeat: boolean,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  const retries = options.maxRetries ?? maxRetries;
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    try {
      return await once(toLimit(options.timeoutMs ?? timeoutMs), signal, attempt);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      const pauseMs = tries < retries && (mayRepeat || neverArrived(error)) ? pauseBefore(error, tries) : undefined;
      if (pauseMs === undefined) throw error;
      logger?.warn(`${name} failed and is tried again.`, { ...toReason(error), pauseMs: Math.round(pauseMs) });
      await pause(pauseMs, signal);
    }
  }
}

/** What runtimes call it when there was no connection at all, so that nothing can have arrived. */
const noConnection = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ConnectionRefused']);

const neverArrived = (error: unknown): boolean =>
  [...causesOf(error)].some(({ code }) => code !== undefined && noConnection.has(code));

/** What a timer can count; whatever is longer is no limit. */
const longestMs = 2 ** 31 - 1;

/** @throws {TypeError} for what is no time */
export function toLimit(timeoutMs: number): number {
  if (!(timeoutMs > 0)) throw new TypeError(`timeoutMs must be a number of milliseconds, and is ${timeoutMs}.`);
  return Math.min(timeoutMs, longestMs);
}

async function once<T>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop.abort();
  }, timeoutMs);
  try {
    return await attempt(stop.signal);
  } catch (error) {
    throw isLate ? new TimeoutError(`No answer within ${timeoutMs} ms.`, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/** What a log needs to know of an error; all of it would be pages. */
export function toReason(error: unknown): object {
  const { message, status, code, requestId } = error as Partial<ShowroomError>;
  const known = Object.entries({ reason: message, status, code, requestId }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known);
}

/** How long to wait before the next try; undefined for what no time heals. */
function pauseBefore(error: unknown, tries: number): number | undefined {
  if ((error instanceof RateLimitError || isOverloaded(error)) && error.retryAfterMs !== undefined) {
    return error.retryAfterMs <= pausesMs.asked ? error.retryAfterMs : undefined;
  }
  const isPassing = error instanceof ConnectionError || error instanceof RateLimitError || isOverloaded(error);
  const longest = Math.min(pausesMs.longest, pausesMs.first * 2 ** tries);
  return isPassing ? longest * (0.5 + Math.random() / 2) : undefined;
}

const isOverloaded = (error: unknown): error is ServerError =>
  error instanceof ServerError && (error.status === 502 || error.status === 503 || error.status === 504);
