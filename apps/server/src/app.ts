import { apiPlugin, type Deps, httpOptions } from '@showroom/api';
import type { Logger } from '@showroom/app';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { healthPlugin } from './health.js';
import { swaggerPlugin } from './swagger.js';

/**
 * The HTTP process's app: the API, its document made readable, health.
 *
 * @example const app = await createServer({ database, clock: jobs, logger });
 */
export async function createServer(deps: Omit<Deps, 'logger'> & { logger: Logger }): Promise<FastifyInstance> {
  const app = fastify({
    ...httpOptions,
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
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
