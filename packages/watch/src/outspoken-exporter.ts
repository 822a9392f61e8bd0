import type { SpanExporter } from '@opentelemetry/sdk-trace-node';
import type { Logger } from '@showroom/app';

/** The code of a result that went well; the library that names it is loaded only by who traces. */
const success = 0;

interface OutspokenExporter extends SpanExporter {
  /** Says that the collector is away, unless that was said already. */
  complain(error: Error | undefined): void;
}

/** An exporter that says when its collector is away and when it is back: once each, not for every batch. */
export function outspoken(exporter: SpanExporter, logger: Pick<Logger, 'info' | 'warn'>): OutspokenExporter {
  let isAway = false;
  const complain = (err: Error | undefined): void => {
    if (!isAway) logger.warn({ err }, 'the collector does not take our traces: they are dropped until it does');
    isAway = true;
  };
  return {
    complain,
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== success) complain(result.error);
        else if (isAway) {
          isAway = false;
          logger.info('the collector takes our traces again');
        }
        done(result);
      }),
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
  };
}
