import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of one process. */
export type Metrics = Registry;

/**
 * Seconds, for what a provider or a caller waits: fine where most answers lie, and up to the longest time-out that makes
 * sense.
 */
export const sendBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A registry with what every process of Node has to tell (CPU, memory, event-loop delay, garbage collection), each under
 * the label `app`.
 *
 * @example
 * const metrics = createMetrics('worker');
 * new Gauge({ name: 'showroom_lanes', help: '…', registers: [metrics] });
 */
export function createMetrics(app: string): Metrics {
  const metrics = new Registry();
  metrics.setDefaultLabels({ app });
  collectDefaultMetrics({ register: metrics });
  return metrics;
}
