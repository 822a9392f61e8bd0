import { openDispatchStore, type PostgresDispatchStore } from '@showroom/database';
import type { TestApi } from '../api.suite.js';

type ClaimedRange = Extract<Awaited<ReturnType<PostgresDispatchStore['claim']>>, { kind: 'range' }>;
type Settlement = Parameters<PostgresDispatchStore['settle']>[0][number];
type MessageEvent = NonNullable<Settlement['event']>;

/** What a worker would do to a mailing, step by step, on the API's own database. */
export async function createRunningMailings(api: TestApi) {
  const store: PostgresDispatchStore = await openDispatchStore({ url: api.databaseUrl, onConnectionError: () => {} });

  async function claim(mailing: number): Promise<ClaimedRange> {
    const claimed = await store.claim(mailing, { leaseMs: 10_000, idempotent: true });
    if (claimed.kind !== 'range') throw new Error(`expected a range, got ${claimed.kind}`);
    return claimed;
  }

  return {
    store,
    /** A mailing that has started an hour ago and ends in a day, to all clients unless said otherwise. */
    async start(change: object = {}): Promise<number> {
      const { body } = await api.rest('POST', '/mailing/', {
        tags: [],
        codes: [],
        text: 'hello',
        start_notification_date: new Date(Date.now() - 3_600_000).toISOString(),
        end_notification_date: new Date(Date.now() + 86_400_000).toISOString(),
        ...change,
      });
      await store.start(body.id);
      return body.id;
    },
    claim,
    /** Claims the range, gives its messages these ends in order, leaves the rest open, and gives it back. */
    async settle(mailing: number, ends: ('sent' | 'failed' | 'unknown' | 'busy')[]): Promise<number[]> {
      const range = await claim(mailing);
      await store.settle(ends.map((end, n) => toSettlement(range, n, end)));
      await store.release(range.hold);
      return range.messages.map(({ id }) => id);
    },
    close: () => store.close(),
  };
}

function toSettlement(range: ClaimedRange, n: number, end: 'sent' | 'failed' | 'unknown' | 'busy'): Settlement {
  const { id, attempts } = range.messages[n]!;
  const to = { rangeId: range.hold.rangeId, messageId: id };
  const attempt = attempts + 1;
  const event = (of: MessageEvent['event'], httpStatus: number): MessageEvent => {
    return { event: of, attempt, httpStatus, code: null, latencyMs: 21, detail: `HTTP ${httpStatus}` };
  };
  if (end === 'busy') {
    const dueInMs = 60_000;
    return { ...to, status: 'pending', attempts: attempt, dueInMs, outcome: 'busy', event: event('busy', 503) };
  }
  if (end === 'failed') return { ...to, status: 'failed', event: event('refused', 400) };
  if (end === 'unknown') return { ...to, status: 'unknown', event: event('unknown', 200) };
  return { ...to, status: 'sent', event: attempts === 0 ? null : event('accepted', 200) };
}
