interface Details {
  /** The HTTP status; none where nobody answered. */
  status?: number;
  /** The code of the service's table of errors, like `tag.in_use`; none where nobody answered. */
  code?: string;
  /** What the request is called in the service's logs. */
  requestId?: string;
  cause?: unknown;
}

/**
 * What every call rejects with, but for an abort of your own. Its class says what kind of failure it is.
 *
 * @example
 * try {
 *   await showroom.tags.delete(12);
 * } catch (error) {
 *   if (error instanceof ConflictError) console.log(error.message); // '3 clients use this tag.'
 *   else throw error;
 * }
 */
export class ShowroomError extends Error {
  override readonly name: string = 'ShowroomError';
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, { status, code, requestId, cause }: Details = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/** Values were refused (400): `fields` says which, and why; so does the message, in one line. */
export class ValidationError extends ShowroomError {
  override readonly name = 'ValidationError';
  /** Field → what is wrong with it; an item of a list as `tags.0`. */
  readonly fields: Readonly<Record<string, readonly string[]>>;

  constructor(message: string, fields: Record<string, string[]>, details: Details = {}) {
    const reasons = Object.entries(fields).map(([field, why]) => ` ${field && `${field}: `}${why.join(' ')}`);
    super(`${message}${reasons.join('')}`, details);
    this.fields = fields;
  }
}

/** Missing or wrong credentials (401). */
export class AuthenticationError extends ShowroomError {
  override readonly name = 'AuthenticationError';
}

/** Whoever calls may not do this (403). */
export class PermissionError extends ShowroomError {
  override readonly name = 'PermissionError';
  /** The permission that is lacking, like `view_tag`; `password`, where a token is not enough. */
  readonly needs: string | undefined;

  constructor(message: string, details: Details & { needs?: string } = {}) {
    super(details.needs === undefined ? message : `${message} It needs: ${details.needs}.`, details);
    this.needs = details.needs;
  }
}

/** There is no such row (404). */
export class NotFoundError extends ShowroomError {
  override readonly name = 'NotFoundError';
}

/** The state of the row forbids it, however good the values are (409). */
export class ConflictError extends ShowroomError {
  override readonly name = 'ConflictError';
}

/** The file is too large (413). */
export class TooLargeError extends ShowroomError {
  override readonly name = 'TooLargeError';
}

/** Too many calls, or too many wrong passwords (429). */
export class RateLimitError extends ShowroomError {
  override readonly name = 'RateLimitError';
  /** When to try again, in milliseconds from now; undefined where the service did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: Details & { retryAfterMs?: number } = {}) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The service failed (5xx), or a part of it is away (503): `server.database_away` where its database does not answer. */
export class ServerError extends ShowroomError {
  override readonly name = 'ServerError';
  /** When to try again, in milliseconds from now; undefined where the service did not say. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, details: Details & { retryAfterMs?: number } = {}) {
    super(message, details);
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Nobody answered: no connection, or one that broke. Whether the call arrived is not known. */
export class ConnectionError extends ShowroomError {
  override readonly name: string = 'ConnectionError';
}

/** Nobody answered in time, or what was sent came too slowly (408). */
export class TimeoutError extends ConnectionError {
  override readonly name = 'TimeoutError';
}

interface Failure extends Details {
  status: number;
  message: string;
  fields?: Record<string, string[]>;
  retryAfterMs?: number;
  needs?: string;
}

/** The error of the class that the status says. */
export function toError({ message, fields, ...details }: Failure): ShowroomError {
  switch (details.status) {
    case 400:
      return new ValidationError(message, fields ?? {}, details);
    case 401:
      return new AuthenticationError(message, details);
    case 403:
      return new PermissionError(message, details);
    case 404:
      return new NotFoundError(message, details);
    case 408:
      return new TimeoutError(message, details);
    case 409:
      return new ConflictError(message, details);
    case 413:
      return new TooLargeError(message, details);
    case 429:
      return new RateLimitError(message, details);
    default:
      return details.status >= 500 ? new ServerError(message, details) : new ShowroomError(message, details);
  }
}

/** An error, what caused it, and what caused that. */
export function* causesOf(error: unknown): Generator<Error & { code?: string }> {
  for (let each = error; each instanceof Error; each = each.cause) yield each;
}

/** That nobody answered, and why: what a runtime calls "fetch failed" says more in its cause. */
export function toConnectionError(error: unknown): ConnectionError {
  const reasons = new Set([...causesOf(error)].map(({ message, code }) => message || code));
  reasons.delete(undefined);
  return new ConnectionError(`There was no answer: ${[...reasons].join(': ') || String(error)}`, { cause: error });
}

/** What the head of an answer tells of a failure. */
export const toDetails = ({ status, headers }: Response) => ({
  status,
  code: headers.get('x-error-code') ?? undefined,
  needs: headers.get('x-error-needs') ?? undefined,
  requestId: headers.get('x-request-id') ?? undefined,
  retryAfterMs: toRetryAfterMs(headers.get('retry-after')),
});

/** `Retry-After`, in seconds or as a date. */
function toRetryAfterMs(header: string | null | undefined): number | undefined {
  if (!header) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
