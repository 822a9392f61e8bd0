import type { Logger } from '@showroom/app';
import type { Provider } from '@showroom/dispatch';
import { type Tracing, traceparentOf } from '@showroom/watch';

/** A provider whose every attempt is a line in the log, for who looks for one client; wrappers are providers too. */
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
