import { apiPlugin, type Deps } from '@showroom/api';
import type { Logger } from '@showroom/app';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { healthPlugin } from './health.js';
import { swaggerPlugin } from './swagger.js';

/** A username of 150 characters, each up to 12 bytes when percent-encoded, is the longest part of a path. */
const longestParameter = 2_000;
const largestBodyBytes = 1024 * 1024;
const slowestRequestMs = 30_000;

/**
 * The HTTP process's app: the API, its document made readable, health.
 *
 * @example const app = await createServer({ database, clock: jobs, logger });
 */
export async function createServer(deps: Omit<Deps, 'logger'> & { logger: Logger }): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: largestBodyBytes,
    requestTimeout: slowestRequestMs,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: longestParameter },
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    request.log.debug({ method, path: url.split('?')[0], status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
  });
  await app.register(apiPlugin, deps);
  await app.register(swaggerPlugin);
  await app.register(healthPlugin, deps);
  app.get('/', async (_request, reply) => reply.redirect('/swagger/'));
  return app as unknown as FastifyInstance;
}
