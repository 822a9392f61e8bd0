import { apiPlugin, type Deps, failuresPlugin, httpOptions, slowBodiesPlugin } from '@showroom/api';
import { type Logger, versionOf } from '@showroom/app';
import { readClock, tellMissingMigrations, tellStopped, tellWhyNoWrites } from '@showroom/database';
import { type Board, createDashboard, type Health } from '@showroom/jobs';
import {
  type Check,
  createClockCheck,
  createMetrics,
  type MetricsAccess,
  rarely,
  type Tracing,
  watchPlugin,
} from '@showroom/watch';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { hardeningPlugin } from './hardening.js';
import { registerLedgerMetrics } from './ledger-metrics.js';
import { observingPlugin } from './observing.js';
import { swaggerPlugin } from './swagger.js';

interface ServerOptions extends Omit<Deps, 'logger' | 'jobs'> {
  logger: Logger;
  jobs: Deps['jobs'] & Health & { readonly board: Board };
  /** The addresses of the proxies before us, whose word on scheme, host and address counts. */
  trustProxy?: string[];
  /** The origins whose pages may call from a browser, with a token. */
  corsOrigins?: string[];
  metricsAccess?: MetricsAccess;
  tracing?: Tracing | null;
}

/**
 * The HTTP process's app: the API, its document made readable, the page of the jobs, health and metrics.
 *
 * @example const app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { trustProxy, corsOrigins = [], metricsAccess = { from: 'local' }, tracing = null, ...deps } = options;
  const { database, jobs } = deps;
  const app = fastify({
    ...httpOptions,
    trustProxy: trustProxy ?? false,
    loggerInstance: deps.logger,
    // Under this name a request's id stands in every line of the log, here and in the workers.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request' }),
  });
  await app.register(failuresPlugin);
  const metrics = createMetrics('server', versionOf(import.meta.url));
  await app.register(observingPlugin, { metrics, tracing });
  await app.register(slowBodiesPlugin);
  await app.register(hardeningPlugin, { corsOrigins });
  await app.register(apiPlugin, { ...deps, dashboard: createDashboard(jobs.board) });
  await app.register(swaggerPlugin);
  const refresh = registerLedgerMetrics({ database, jobs, metrics });
  const clock = createClockCheck({
    ask: () => database.steering(() => readClock(database)),
    metrics,
    logger: deps.logger,
  });
  await clock.start();
  app.addHook('onClose', async () => clock.stop());
  const checks = [...checksOf(options), clock.check];
  await app.register(watchPlugin, { metrics, metricsAccess, checks, refresh });
  app.get('/', async (_request, reply) => reply.redirect('/swagger/'));
  return app as unknown as FastifyInstance;
}

/** Without the job store the API goes on: the truth is in PostgreSQL, and a sweep finds what was not scheduled. */
const checksOf = ({ database, jobs }: ServerOptions): Check[] => [
  { name: 'database', isVital: true, look: () => database.steering(() => database.sql('SELECT 1')) },
  { name: 'migrations', isVital: true, look: () => database.steering(() => tellMissingMigrations(database)) },
  { name: 'writes', isVital: true, look: rarely(() => database.steering(() => tellWhyNoWrites(database))) },
  { name: 'sending', isVital: false, look: () => database.steering(() => tellStopped(database)) },
  { name: 'jobs', isVital: false, look: () => jobs.ping() },
];
