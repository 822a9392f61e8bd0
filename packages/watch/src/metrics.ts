import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The metrics of one process. */
export type Metrics = Registry;

/**
 * Seconds, for what a provider or a caller waits: fine where most answers lie, and up to the longest time-out that makes
 * sense.
 */
export const sendBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * A registry with what every process of Node has to tell (CPU, memory, event-loop delay, garbage collection), each under
 * the label `app`; and which version of the app it is.
 *
 * @example
 * const metrics = createMetrics('worker', '0.1.0');
 * new Gauge({ name: 'showroom_lanes', help: '…', registers: [metrics] });
 */
export function createMetrics(app: string, version: string): Metrics {
  const metrics = new Registry();
  metrics.setDefaultLabels({ app });
  collectDefaultMetrics({ register: metrics });
  new Gauge({
    name: 'showroom_build_info',
    help: 'Always 1. The label version is that of the running app.',
    labelNames: ['version'],
    registers: [metrics],
  }).set({ version }, 1);
  return metrics;
}
