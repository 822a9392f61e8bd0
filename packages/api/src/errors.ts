import { type CustomIssue, type ErrorCode, errors } from '@showroom/contract';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';

const trpcCodes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
  499: 'CLIENT_CLOSED_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  503: 'SERVICE_UNAVAILABLE',
  // tRPC has no code for it; the code of ours says which it is.
  507: 'SERVICE_UNAVAILABLE',
} as const;

/**
 * A failure the caller is meant to see, by a code of the contract's table.
 *
 * @example throw new ApiError('tag.in_use', '12 clients use this tag.');
 */
export class ApiError extends TRPCError {
  /** When to try again, in seconds from now. */
  readonly retryAfter: number | undefined;
  /** The permission that the caller lacks; or `password`, where a token is not enough. */
  readonly needs: string | undefined;

  constructor(
    readonly error: ErrorCode,
    message: string = errors[error].message,
    details: { retryAfter?: number; needs?: string; cause?: unknown } = {},
  ) {
    super({ code: trpcCodes[errors[error].status], message, cause: details.cause });
    this.retryAfter = details.retryAfter;
    this.needs = details.needs;
  }
}

/** That whoever calls may not, and what they would need. */
export const forbidden = (needs: string): ApiError => new ApiError('auth.forbidden', undefined, { needs });

/** That somebody asks too often, and when to ask again. */
export function throttled(waitMs: number): ApiError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new ApiError('request.throttled', `Request was throttled. Expected available in ${seconds} seconds.`, {
    retryAfter: seconds,
  });
}

/** The headers that go with the answer to a failure: what REST's body does not tell of it, and when to try again. */
export const headersOf = (error: unknown): Record<string, string> =>
  error instanceof ApiError
    ? {
        'x-error-code': error.error,
        ...(error.needs !== undefined && { 'x-error-needs': error.needs }),
        ...(error.retryAfter !== undefined && { 'retry-after': String(error.retryAfter) }),
      }
    : {};

/**
 * Values that no schema can judge alone: a name that is taken, an id of nothing. Answered like any refused value.
 *
 * @example throw new RefusedValues([issue('taken', ['name'], 'There is a tag with this name.')]);
 */
export class RefusedValues extends TRPCError {
  constructor(issues: (CustomIssue | z.core.$ZodIssue)[]) {
    const cause = new z.ZodRealError(issues.map((found) => ({ ...found, input: undefined })));
    super({ code: 'BAD_REQUEST', message: errors['request.invalid'].message, cause });
  }
}

/** What was refused, when that is why a call failed. */
export function refusedValuesOf(error: TRPCError): z.core.$ZodIssue[] | null {
  return error.code === 'BAD_REQUEST' && error.cause instanceof z.core.$ZodError ? error.cause.issues : null;
}

/** The code of the contract's table for any failure: what is not meant for the caller is `server.failed`. */
export function errorCodeOf(error: TRPCError): ErrorCode {
  if (error instanceof ApiError) return error.error;
  return error.code === 'INTERNAL_SERVER_ERROR' ? 'server.failed' : 'request.invalid';
}
