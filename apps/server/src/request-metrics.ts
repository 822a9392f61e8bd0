import { type Add, Counter, createTally, type Metrics, sendBuckets } from '@showroom/watch';

/** One answered request. */
export interface Answered {
  /** An operationId or a route: one of a closed set. */
  readonly operation: string;
  readonly status: number;
  readonly seconds: number;
  /** Whether the server knows who called. */
  readonly isKnown: boolean;
}

/** A refusal stands under this name among the times: each name and status costs fifteen lines of `/metrics`. */
const refused = 'refused';

/**
 * Counts requests, and how long they took. A caller can provoke a refusal (4xx) of every operation with many statuses. So
 * the times of refusals are kept by status alone, and their number by operation only for callers that are known: odd
 * requests do not make `/metrics` grow.
 */
export function createRequestMetrics(metrics: Metrics): (answered: Answered) => void {
  const tally = createTally({
    name: 'showroom_http_request_seconds',
    help: 'How long requests took, by operation and status; refusals (4xx) by status alone.',
    labels: ['operation', 'status'],
    buckets: sendBuckets,
    metrics,
  });
  const refusals = new Counter({
    name: 'showroom_http_refusals_total',
    help: 'Requests that were refused (4xx), by operation and status; those of unknown callers by status alone.',
    labelNames: ['operation', 'status'],
    registers: [metrics],
  });
  const adders = new Map<string, Add>();

  function addSeconds(operation: string, status: number, seconds: number): void {
    const key = `${status} ${operation}`;
    const add = adders.get(key) ?? tally(operation, String(status));
    adders.set(key, add);
    add(seconds);
  }

  return ({ operation, status, seconds, isKnown }) => {
    const isRefusal = status >= 400 && status < 500;
    addSeconds(isRefusal ? refused : operation, status, seconds);
    if (isRefusal) refusals.inc({ operation: isKnown ? operation : 'unknown caller', status: String(status) });
  };
}
