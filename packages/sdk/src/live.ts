import { createTRPCUntypedClient, httpSubscriptionLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import type { MailingStatisticDetail } from './generated/types.js';
import type { CallOptions } from './options.js';
import type { Transport } from './transport.js';

/** How a mailing stands. */
export type Stand = Pick<MailingStatisticDetail, 'status' | 'messages'>;

/** How long the first word may take; then there is no stream to be had here. */
const firstWordMs = 5_000;

/**
 * How a mailing goes on, as the service tells it, by server-sent events. A cut is mended by itself, and what was told is not
 * told again. Ends, without an error, when the mailing has ended, and when there is no stream to be had or it breaks for
 * good: whoever needs to know why asks in another way.
 */
export async function* listen(
  { origin, fetch, headers, patience }: Transport,
  id: number,
  { signal, headers: added }: CallOptions,
): AsyncGenerator<Stand> {
  const told: Stand[] = [];
  let isOver = false;
  let wake = () => {};
  const end = () => {
    isOver = true;
    wake();
  };
  const subscription = openClient(origin, fetch, { ...headers, ...added }).subscription(
    'mailing.watch',
    { id },
    {
      onData: (envelope) => {
        clearTimeout(timer);
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
      else if (isOver) return;
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
