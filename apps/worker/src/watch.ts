import type { Logger } from '@showroom/app';
import { type Statements, tellMissingMigrations, tellStopped, tellWhyNoWrites } from '@showroom/database';
import type { Health } from '@showroom/jobs';
import { type Check, type Metrics, type MetricsAccess, rarely, watchPlugin } from '@showroom/watch';
import { fastify, LogController } from 'fastify';

interface WatchDeps {
  database: Statements;
  jobs: Health;
  logger: Logger;
  metrics: Metrics;
  metricsAccess: MetricsAccess;
  /** What else the worker needs, or should be told of. */
  checks: readonly Check[];
}

/** A worker's own small server, for health checks and metrics alone. */
export async function createWatch(deps: WatchDeps) {
  const { database, jobs, logger, metrics, metricsAccess } = deps;
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    bodyLimit: 1_024,
  });
  const checks: Check[] = [
    { name: 'database', isVital: true, look: () => database.sql('SELECT 1') },
    { name: 'migrations', isVital: true, look: () => tellMissingMigrations(database) },
    { name: 'writes', isVital: true, look: rarely(() => tellWhyNoWrites(database)) },
    { name: 'sending', isVital: false, look: () => tellStopped(database) },
    // Lanes that run go on without it; new ones do not begin.
    { name: 'jobs', isVital: false, look: () => jobs.ping() },
    ...deps.checks,
  ];
  await app.register(watchPlugin, { metrics, metricsAccess, checks });
  return app;
}
