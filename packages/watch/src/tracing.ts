import { type Attributes, context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Logger } from '@showroom/app';
import { withDeadline } from './deadline.js';
import { outspoken } from './outspoken-exporter.js';

export type { Span };

export interface Tracing {
  /** Opens a span that whoever opened it ends. */
  open(name: string, options: SpanOptions): Span;
  /**
   * Runs `work` in a span. `parent` is a `traceparent` that came with a request or a row; without one, the span goes on
   * with the one it is in.
   */
  within<T>(name: string, options: SpanOptions, work: (span: Span) => Promise<T>): Promise<T>;
  /** Sends what was not sent yet, if the collector takes it soon. Never rejects: nobody stays for the sake of a trace. */
  close(): Promise<void>;
}

interface SpanOptions {
  readonly kind: 'server' | 'client' | 'internal';
  readonly parent?: string | null;
  readonly attributes?: Attributes;
}

/** How long the last traces may take at the end of the process. */
const goodbyeMs = 2_000;

/**
 * Sends traces to a collector, by OpenTelemetry's own settings: OTEL_EXPORTER_OTLP_ENDPOINT says where it is, and the
 * others of that name (…_HEADERS, OTEL_TRACES_SAMPLER, …) mean what they mean everywhere. Its libraries are loaded only
 * here, so that whoever does not trace does not pay. A collector that is away costs a warning and the traces.
 *
 * @example
 * const tracing = config.isTraced ? await startTracing('worker', logger) : null;
 * await tracing?.within('mailing.start', { kind: 'internal' }, () => …);
 */
export async function startTracing(app: string, logger: Pick<Logger, 'info' | 'warn'>): Promise<Tracing> {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  const { defaultResource, detectResources, envDetector, resourceFromAttributes } = await import(
    '@opentelemetry/resources'
  );
  // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say counts more than what we call ourselves.
  const own = resourceFromAttributes({ 'service.name': `showroom-${app}`, 'service.namespace': 'showroom' });
  const exporter = outspoken(new OTLPTraceExporter(), logger);
  const provider = new NodeTracerProvider({
    resource: defaultResource()
      .merge(own)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register();
  const tracer = trace.getTracer('showroom');

  const around = ({ parent }: SpanOptions) =>
    parent ? propagation.extract(context.active(), { traceparent: parent }) : context.active();
  const toOptions = ({ kind, attributes }: SpanOptions) => ({ kind: kinds[kind], attributes });

  return {
    open: (name, options) => tracer.startSpan(name, toOptions(options), around(options)),
    within: (name, options, work) =>
      tracer.startActiveSpan(name, toOptions(options), around(options), async (span) => {
        try {
          return await work(span);
        } catch (error) {
          span.recordException(error as Error);
          span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message });
          throw error;
        } finally {
          span.end();
        }
      }),
    close: () => withDeadline(goodbyeMs, () => provider.shutdown())().catch(exporter.complain),
  };
}

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL };

/** The `traceparent` that tells the next one which span this is. */
export function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
