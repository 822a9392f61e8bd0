import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

export interface Exchange {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** How long the answer may take, the connection included. */
  readonly timeoutMs: number;
  /** Asked at the last moment, with the connection there: whether the request may still be written. */
  readonly mayStart: () => boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** The answer did not come in time. */
export class LateError extends Error {
  constructor(readonly wasAsked: boolean) {
    super(wasAsked ? 'no answer in time' : 'no connection in time');
  }
}

class NotStartedError extends Error {}

/**
 * One POST on a connection of the pool. Null when it might not start any more: then not a byte of it was written.
 *
 * @throws LateError, or what became of the connection
 */
export function exchange(pool: Dispatcher, request: Exchange): Promise<HttpAnswer | null> {
  const { path, headers, body, timeoutMs, mayStart } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isLate = false;
    let status = 0;
    let answered: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      isLate = true;
      const error = new LateError(controller !== undefined);
      controller?.abort(error);
      reject(error);
    }, timeoutMs);
    pool.dispatch(
      { method: 'POST', path, headers, body },
      {
        onRequestStart: (started) => {
          if (isLate || !mayStart()) started.abort(new NotStartedError());
          else controller = started;
        },
        onResponseStart: (_controller, statusCode, responseHeaders) => {
          status = statusCode;
          answered = responseHeaders;
        },
        onResponseData: (_controller, chunk) => void chunks.push(chunk),
        onResponseEnd: () => {
          clearTimeout(timer);
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString() });
        },
        onResponseError: (_controller, error) => {
          clearTimeout(timer);
          if (error instanceof NotStartedError) resolve(null);
          else reject(error);
        },
      },
    );
  });
}
