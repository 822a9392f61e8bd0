import { type Metrics, type Span, type Tracing, traceparentOf } from '@showroom/watch';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { createRequestMetrics } from './request-metrics.js';

interface ObservingOptions {
  metrics: Metrics;
  tracing: Tracing | null;
}

/**
 * What is told of every request: its id in the answer, a line in the log, how long it took, and a span where traces are
 * wanted. The span takes the request's place in its trace, so that a mailing goes on from there.
 */
export const observingPlugin = fastifyPlugin<ObservingOptions>(async (app, { metrics, tracing }) => {
  const count = createRequestMetrics(metrics);
  const spans = new WeakMap<FastifyRequest, Span>();

  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (tracing) spans.set(request, openSpan(tracing, request));
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    const operation = operationOf(request);
    const { statusCode: status, elapsedTime: ms } = reply;
    count({ operation, status, seconds: ms / 1_000, isKnown: isKnown(request) });
    request.log.debug({ method, path: url.split('?')[0], operation, status, ms }, 'answered');
    if (tracing) spans.get(request)?.setAttributes({ 'http.response.status_code': status }).updateName(operation).end();
    done();
  });
});

/** Of a closed set: whatever a stranger makes up counts as `other`. */
const operationOf = (request: FastifyRequest): string =>
  request.operation ?? request.routeOptions.config.operation ?? request.routeOptions.url ?? 'other';

/** An address or a page that needs no caller has none. */
const isKnown = ({ caller }: FastifyRequest): boolean => Boolean(caller) && !(caller instanceof Error);

function openSpan(tracing: Tracing, { headers, method, url, id }: FastifyRequest): Span {
  const path = url.split('?')[0]!;
  const span = tracing.open(`${method} ${path}`, {
    kind: 'server',
    parent: [headers.traceparent ?? null].flat()[0],
    attributes: { 'http.request.method': method, 'url.path': path, 'showroom.request': id },
  });
  headers.traceparent = traceparentOf(span);
  return span;
}
