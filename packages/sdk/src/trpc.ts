import { createTRPCClient, httpBatchLink, type TRPCClient } from '@trpc/client';
import superjson from 'superjson';
import { toConnection } from './connection.js';
import type { ShowroomRouter } from './generated/router.js';
import type { ShowroomOptions } from './options.js';

export type { ShowroomRouter };

/**
 * tRPC's own client, which batches calls made in the same tick, for those who want it: with `@trpc/tanstack-react-query`, for
 * instance. It retries nothing, and its errors are tRPC's.
 *
 * @example
 * const trpc = createTrpcClient({ baseUrl: 'https://showroom.example.com', token: 'showroom_…' });
 * const { results } = await trpc.tags.list.query({ limit: 10 });
 */
export function createTrpcClient(options: ShowroomOptions): TRPCClient<ShowroomRouter> {
  const { origin, fetch, headers } = toConnection(options);
  return createTRPCClient<ShowroomRouter>({
    links: [httpBatchLink({ url: `${origin}/trpc`, transformer: superjson, fetch: fetch as never, headers })],
  });
}
