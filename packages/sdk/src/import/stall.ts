import { TimeoutError } from '../errors.js';

/** Watches that a connection takes what is sent. */
export interface Stall {
  /** Something is to be taken from now on. */
  begin(): void;
  /** All was taken, so many bytes, and is to be answered. */
  answer(bytes: number): void;
  /** It was taken; or nothing is to be taken for now. */
  end(): void;
}

/** All is written before it is answered; two cores write twenty times as much. */
const bytesPerAnsweredMs = 100;

/**
 * Sends, and gives up when nothing has been taken for too long: a network that swallows everything breaks no connection. How
 * long all of it takes does not matter, nor how long its source does.
 *
 * @throws {TimeoutError} when nothing was taken for `ms`, or no answer came in that time and what the bytes add to it
 */
export async function unlessStalled<T>(
  ms: number,
  signal: AbortSignal,
  send: (signal: AbortSignal, stall: Stall) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const abort = () => stop.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stalled = '';
  const end = () => clearTimeout(timer);
  const wait = (limitMs: number, what: string) => {
    end();
    timer = setTimeout(() => {
      stalled = `${what} within ${limitMs} ms.`;
      stop.abort();
    }, limitMs);
  };
  const begin = () => wait(ms, 'Nothing was taken');
  const answer = (bytes: number) =>
    wait(ms + Math.ceil(bytes / bytesPerAnsweredMs), 'All was taken, and there was no answer');
  try {
    return await send(stop.signal, { begin, answer, end });
  } catch (error) {
    throw stalled ? new TimeoutError(stalled, { cause: error }) : error;
  } finally {
    end();
    signal.removeEventListener('abort', abort);
  }
}
