/** Where the service is, who calls it, and how patiently. */
export type ShowroomOptions = Place & Credentials & Manners;

interface Place {
  /** The server's origin, like `https://showroom.example.com`; a path before `/api` and `/trpc` may follow. */
  baseUrl: string | URL;
}

/** A token of `/tokens/`, or a user's name and password; neither, in a page of the server's own, where a cookie signs in. */
type Credentials =
  | { token?: string | undefined; username?: undefined; password?: undefined }
  | { token?: undefined; username: string; password: string };

interface Manners {
  /** Instead of the platform's own. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Sent with every request. */
  headers?: Record<string, string> | undefined;
  /** How long one attempt may take, in milliseconds: 30,000 by default. */
  timeoutMs?: number | undefined;
  /** How often a call is tried again that failed and may be: 2 by default. */
  maxRetries?: number | undefined;
  /** Told of what failed and is tried again, by the name of the call: a call, or the connection of a `watch`. */
  logger?: { warn(message: string, details: object): void } | undefined;
}

export interface CallOptions {
  /** Aborts the call; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Instead of the `timeoutMs` that `createShowroom` was given. */
  timeoutMs?: number | undefined;
  /** Instead of the `maxRetries` that `createShowroom` was given. */
  maxRetries?: number | undefined;
  /** Sent with this call, besides what `createShowroom` was given: `X-Request-Id`, say, which the service's logs then have. */
  headers?: Record<string, string> | undefined;
}

export interface WriteOptions extends CallOptions {
  /**
   * A name of this very call: sent again with the same input within 24 hours, also by another process, it is answered
   * what was answered the first time. Without one, each call gets its own, which its retries share.
   */
  idempotencyKey?: string | undefined;
}
