import { TimeoutError } from '../errors.js';

/** Watches that a connection takes what is sent. */
export interface Stall {
  /** Something is to be taken from now on. */
  begin(): void;
  /** It was taken; or nothing is to be taken for now. */
  end(): void;
}

/**
 * Sends, and gives up when nothing has been taken for too long: a network that swallows everything breaks no connection. How
 * long all of it takes does not matter, nor how long its source does.
 *
 * @throws {TimeoutError} when nothing was taken for `ms`
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
  let isStalled = false;
  const end = () => clearTimeout(timer);
  const begin = () => {
    end();
    timer = setTimeout(() => {
      isStalled = true;
      stop.abort();
    }, ms);
  };
  try {
    return await send(stop.signal, { begin, end });
  } catch (error) {
    throw isStalled ? new TimeoutError(`Nothing was taken for ${ms} ms.`, { cause: error }) : error;
  } finally {
    end();
    signal.removeEventListener('abort', abort);
  }
}
