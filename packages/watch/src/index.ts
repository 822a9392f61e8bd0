export { Counter, Gauge, Histogram } from 'prom-client';
export { type ClockCheck, createClockCheck } from './clock-check.js';
export { withDeadline } from './deadline.js';
export { createMetrics, type Metrics, sendBuckets } from './metrics.js';
export type { MetricsAccess } from './metrics-access.js';
export type { Check } from './readiness.js';
export { type Add, createTally } from './tally.js';
export { type Span, startTracing, type Tracing, traceparentOf } from './tracing.js';
export { type WatchOptions, watchPlugin } from './watch.js';
