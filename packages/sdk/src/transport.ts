import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { type Connection, toConnection } from './connection.js';
import { newKey } from './key.js';
import type { ShowroomOptions, WriteOptions } from './options.js';
import { type Patience, patiently, toLimit } from './patience.js';
import type { Procedure } from './procedure.js';
import { fromTrpc, requireOurs } from './trpc-errors.js';

/** How calls get to the service and back. */
export interface Transport extends Connection {
  readonly patience: Patience;
  call(path: string, procedure: Procedure, input: unknown, options?: WriteOptions): Promise<unknown>;
}

export function createTransport(options: ShowroomOptions): Transport {
  const connection = toConnection({ ...options });
  const { timeoutMs = 30_000, maxRetries = 2, logger } = options;
  const { origin, fetch, headers } = connection;
  const patience: Patience = { timeoutMs: toLimit(timeoutMs), maxRetries, logger };
  const client = createTRPCUntypedClient({
    links: [
      httpLink({
        url: `${origin}/trpc`,
        // The router's type says so, and an untyped client has none.
        transformer: superjson as never,
        fetch: (async (...given: Parameters<typeof fetch>) => requireOurs(await fetch(...given))) as never,
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
    call: async (path, { kind, takesKey }, input, given: WriteOptions = {}) => {
      if (given.idempotencyKey !== undefined && !takesKey) throw new TypeError(`${path} takes no idempotencyKey.`);
      const key = takesKey ? (given.idempotencyKey ?? newKey()) : undefined;
      const mayRepeat = kind === 'query' || key !== undefined;
      const added = { ...given.headers, ...(key !== undefined && { 'idempotency-key': key }) };
      return patiently(patience, path, given, mayRepeat, (signal) => ask(path, kind, input, added, signal));
    },
  };
}
