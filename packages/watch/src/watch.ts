import type { FastifyPluginAsync } from 'fastify';
import type { Metrics } from './metrics.js';
import { type MetricsAccess, mayReadMetrics } from './metrics-access.js';
import { type Check, createReadiness } from './readiness.js';

export interface WatchOptions {
  metrics: Metrics;
  metricsAccess: MetricsAccess;
  checks: readonly Check[];
  /** Looks at what is only known when somebody asks. */
  refresh?: () => Promise<void>;
}

/**
 * What a machine asks a process. Health and readiness are open to anybody, and tell no more than words of ours.
 *
 * - `/healthz`: the process answers.
 * - `/readyz`: 200 when it can work, also when it goes on without something that it will catch up with (`degraded`); 503
 *   when it cannot.
 * - `/metrics`: for Prometheus; for whom, the settings say.
 *
 * @example await app.register(watchPlugin, { metrics, metricsAccess: { from: 'local' }, checks });
 */
export const watchPlugin: FastifyPluginAsync<WatchOptions> = async (app, options) => {
  const { metrics, metricsAccess, checks, refresh } = options;
  const look = createReadiness({ checks, onFailure: (err, name) => app.log.warn({ err }, `not ready: ${name}`) });
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const { status, checks } = await look();
    return reply.code(status === 'unavailable' ? 503 : 200).send({ status, ...checks });
  });
  app.get('/metrics', async (request, reply) => {
    if (!mayReadMetrics(metricsAccess, request)) {
      return reply.code(403).send({ detail: 'METRICS_ACCESS and METRICS_TOKEN say who may read the metrics.' });
    }
    await refresh?.();
    return reply.type(metrics.contentType).send(await metrics.metrics());
  });
};
