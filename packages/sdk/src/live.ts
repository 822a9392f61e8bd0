import { createTRPCUntypedClient, httpSubscriptionLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { toDetails } from './errors.js';
import type { MailingStatisticDetail } from './generated/types.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** How a mailing stands. */
export type Stand = Pick<MailingStatisticDetail, 'status' | 'messages'> & {
  /** Older services do not tell. */
  sending_stopped?: boolean;
};

/** How long the first word may take; then there is no stream to be had here. */
const firstWordMs = 5_000;

/** Why a stream ended without an error. */
export interface ListenEnd {
  /** Whether the service answered. */
  readonly wasReached: boolean;
  /** After how long a stream may be asked for again, where the service has too many open; undefined: do not ask again. */
  readonly againMs: number | undefined;
}

/** How long to wait for a place: where the service does not say, and at most. */
const againsMs = { usual: 10_000, longest: 60_000 };

/**
 * How a mailing goes on, as the service tells it, by server-sent events. A cut is mended by itself, and what was told is not
 * told again. Ends, without an error, when the mailing has ended, and when there is no stream to be had or it breaks for
 * good: whoever needs to know why asks in another way.
 */
export async function* listen(
  { origin, fetch, headers, patience }: Transport,
  id: number,
  { signal, headers: added }: CallOptions,
): AsyncGenerator<Stand, ListenEnd> {
  let wasReached = false;
  let againMs: number | undefined;
  const watchedFetch: Transport['fetch'] = async (...given) => {
    const response = await fetch(...given);
    againMs = response.status === 429 ? toAgainMs(response) : undefined;
    if (againMs !== undefined) wasReached = true;
    return response;
  };
  const told: Stand[] = [];
  let isOver = false;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  const subscription = openClient(origin, watchedFetch, { ...headers, ...added }).subscription(
    'mailing.watch',
    { id },
    {
      onData: (envelope) => {
        clearTimeout(timer);
        wasReached = true;
        told.push((envelope as { data: Stand }).data);
        wake();
      },
      onConnectionStateChange: ({ state, error }) => {
        if (state !== 'connecting' || !error) return;
        patience.logger?.warn('mailing.watch was cut off, and connects again.', { mailing: id, reason: error.message });
      },
      onError: end,
      onComplete: end,
    },
  );
  const timer = setTimeout(end, firstWordMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    for (;;) {
      const stand = told.shift();
      if (stand) yield stand;
      else if (isOver) return { wasReached, againMs };
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    subscription.unsubscribe();
  }
}

const openClient = (origin: string, fetch: Transport['fetch'], headers: Transport['headers']) =>
  createTRPCUntypedClient({
    links: [
      httpSubscriptionLink({
        url: `${origin}/live`,
        transformer: superjson as never,
        // The platform's own, where there is one, sends no headers of ours.
        EventSource,
        eventSourceOptions: {
          fetch: (url: string | URL, init: RequestInit) =>
            fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...headers } }),
        } as never,
      }),
    ],
  });

const toAgainMs = (response: Response): number =>
  Math.min(toDetails(response).retryAfterMs ?? againsMs.usual, againsMs.longest);
