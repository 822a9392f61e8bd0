import type { Logger } from '@showroom/app';
import type { Outcome, Provider } from '@showroom/dispatch';
import { Gauge, Histogram, type Metrics, sendBuckets, type Tracing, traceparentOf } from '@showroom/watch';

const kinds: readonly Outcome['kind'][] = ['accepted', 'refused', 'busy', 'unknown'];

/** A provider whose attempts are counted by outcome, with how long each took; wrappers are providers too. */
export function measured(provider: Provider, metrics: Metrics): Provider {
  const histogram = new Histogram({
    name: 'showroom_send_seconds',
    help: 'How long the provider took for an attempt, by outcome; its count is the number of attempts.',
    labelNames: ['outcome'],
    buckets: sendBuckets,
    registers: [metrics],
  });
  const timers = new Map(kinds.map((kind) => [kind, histogram.labels(kind)]));
  const inFlight = new Gauge({
    name: 'showroom_sends_in_flight',
    help: 'Attempts that wait for an answer of the provider.',
    registers: [metrics],
    collect() {
      this.set(waiting);
    },
  });
  let waiting = 0;
  inFlight.set(0);

  return {
    ...provider,
    send: async (message, timeoutMs, mayStart) => {
      const startedAt = performance.now();
      waiting += 1;
      const outcome = await provider.send(message, timeoutMs, mayStart);
      waiting -= 1;
      if (outcome) timers.get(outcome.kind)!.observe((performance.now() - startedAt) / 1_000);
      return outcome;
    },
  };
}

/** A provider whose every attempt is a line in the log; for who looks for one client. */
export const logged = (provider: Provider, logger: Logger): Provider => ({
  ...provider,
  send: async (message, timeoutMs, mayStart) => {
    const startedAt = performance.now();
    const outcome = await provider.send(message, timeoutMs, mayStart);
    const { id, mailingId, clientId, origin } = message;
    const ids = { mailing: mailingId, message: id, client: clientId, request: origin.requestId ?? undefined };
    const ms = Math.round(performance.now() - startedAt);
    logger.debug({ ...ids, ms, outcome: outcome?.kind ?? 'not asked' }, 'attempt');
    return outcome;
  },
});

/** A provider whose every attempt is a span of the trace that its mailing began; the provider is told of the span. */
export const traced = (provider: Provider, tracing: Tracing): Provider => ({
  ...provider,
  send: (message, timeoutMs, mayStart) => {
    const { id, mailingId, clientId, origin } = message;
    const attributes = { 'showroom.mailing': mailingId, 'showroom.message': id, 'showroom.client': clientId };
    const options = { kind: 'client', parent: origin.traceParent, attributes } as const;
    return tracing.within('provider.send', options, async (span) => {
      const told = { ...message, origin: { ...origin, traceParent: traceparentOf(span) } };
      const outcome = await provider.send(told, timeoutMs, mayStart);
      span.setAttribute('showroom.outcome', outcome?.kind ?? 'not asked');
      return outcome;
    });
  },
});
