import { createTRPCUntypedClient, httpLink, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { type Connection, toConnection } from './connection.js';
import { ConnectionError, type ShowroomError, toError, toRetryAfterMs } from './errors.js';
import type { ShowroomOptions, WriteOptions } from './options.js';
import { type Patience, patiently } from './patience.js';
import type { Procedure } from './procedure.js';

/** How calls get to the service and back. */
export interface Transport extends Connection {
  readonly patience: Patience;
  call(path: string, procedure: Procedure, input: unknown, options?: WriteOptions): Promise<unknown>;
}

export function createTransport(options: ShowroomOptions): Transport {
  const { timeoutMs = 30_000, maxRetries = 2, logger } = options;
  const connection = toConnection(options);
  const { origin, fetch, headers } = connection;
  const patience: Patience = { timeoutMs, maxRetries, logger };
  const client = createTRPCUntypedClient({
    links: [
      httpLink({
        url: `${origin}/trpc`,
        // The router's type says so, and an untyped client has none.
        transformer: superjson as never,
        fetch: fetch as never,
        headers: ({ op }) => ({ ...headers, ...(op.context.headers as Record<string, string> | undefined) }),
      }),
    ],
  });

  async function ask(
    path: string,
    kind: Procedure['kind'],
    input: unknown,
    added: Record<string, string>,
    signal: AbortSignal,
  ) {
    const context = { headers: added };
    try {
      // Without an input the service wants none of its fields, but an object all the same.
      return await client[kind](path, input ?? {}, { signal, context });
    } catch (error) {
      throw fromTrpc(error);
    }
  }

  return {
    ...connection,
    patience,
    call: (path, { kind, takesKey }, input, given: WriteOptions = {}) => {
      const key = takesKey ? (given.idempotencyKey ?? newKey()) : undefined;
      const mayRepeat = kind === 'query' || key !== undefined;
      const added = { ...given.headers, ...(key !== undefined && { 'idempotency-key': key }) };
      return patiently(patience, given, mayRepeat, (signal) => ask(path, kind, input, added, signal));
    },
  };
}

export const newKey = (): string => globalThis.crypto.randomUUID();

interface ErrorData {
  httpStatus?: number;
  error?: string;
  fields?: { path: (string | number)[]; message: string }[];
}

function fromTrpc(error: unknown): ShowroomError {
  if (!(error instanceof TRPCClientError)) return new ConnectionError(String(error), { cause: error });
  // Kept as the cause, and not printed with it: pages of what is said better already.
  Object.defineProperties(error, { meta: { enumerable: false }, shape: { enumerable: false } });
  const response = error.meta?.response as Response | undefined;
  const data = error.data as ErrorData | undefined;
  const status = data?.httpStatus ?? response?.status;
  if (status === undefined || (status < 400 && !data)) {
    return new ConnectionError(`There was no answer: ${error.message}`, { cause: error });
  }
  return toError({
    status,
    code: data?.error,
    message: data ? error.message : `The service answered ${status}, and not as it should.`,
    fields: data?.fields && toFields(data.fields),
    requestId: response?.headers.get('x-request-id') ?? undefined,
    retryAfterMs: toRetryAfterMs(response?.headers.get('retry-after')),
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
