import { TRPCClientError } from '@trpc/client';
import { ConnectionError, ShowroomError, toConnectionError, toDetails, toError } from './errors.js';

/** @throws {ShowroomError} for what the service does not write: it comes from somebody before it, or instead of it */
export async function requireOurs(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? 'nothing';
  if (type.includes('json') && (response.ok || (await isOurFailure(response.clone())))) return response;
  const message = `The server at this address is not Showroom (HTTP ${response.status}, ${type}).`;
  const details = { ...toDetails(response), message };
  throw response.status < 400 ? new ConnectionError(message, details) : toError(details);
}

async function isOurFailure(response: Response): Promise<boolean> {
  const body = (await response.json().catch(() => null)) as { error?: { json?: object } } | null;
  return typeof body?.error?.json === 'object';
}

/** What tRPC's client says of JSON that is none of its own. */
const unreadable = 'Unable to transform response from server';

interface ErrorData {
  httpStatus?: number;
  error?: string;
  fields?: { path: (string | number)[]; message: string }[];
}

/** What tRPC's client has thrown, as an error of the SDK's. */
export function fromTrpc(error: unknown): ShowroomError {
  if (!(error instanceof TRPCClientError)) return toConnectionError(error);
  if (error.cause instanceof ShowroomError) return error.cause;
  // Kept as the cause, and not printed with it: pages of what is said better already.
  Object.defineProperties(error, { meta: { enumerable: false }, shape: { enumerable: false } });
  const response = error.meta?.response as Response | undefined;
  const data = error.data as ErrorData | undefined;
  if (error.message === unreadable)
    return new ConnectionError('The server at this address is not Showroom.', { cause: error });
  if (!response || !data) return toConnectionError(error);
  return toError({
    ...toDetails(response),
    status: data.httpStatus ?? response.status,
    code: data.error,
    message: error.message,
    fields: data.fields && toFields(data.fields),
    cause: error,
  });
}

function toFields(issues: { path: (string | number)[]; message: string }[]): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (const { path, message } of issues) {
    const name = path.join('.');
    fields[name] = [...(fields[name] ?? []), message];
  }
  return fields;
}
