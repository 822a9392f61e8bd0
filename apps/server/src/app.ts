import { apiPlugin, type Deps, httpOptions, slowBodiesPlugin } from '@showroom/api';
import type { Logger } from '@showroom/app';
import { type FastifyInstance, fastify, LogController } from 'fastify';
import { hardeningPlugin } from './hardening.js';
import { healthPlugin } from './health.js';
import { swaggerPlugin } from './swagger.js';

interface ServerOptions extends Omit<Deps, 'logger'> {
  logger: Logger;
  /** The addresses of the proxies before us, whose word on scheme, host and address counts. */
  trustProxy?: string[];
  /** The origins whose pages may call from a browser, with a token. */
  corsOrigins?: string[];
}

/**
 * The HTTP process's app: the API, its document made readable, health.
 *
 * @example const app = await createServer({ database, clock: jobs, logger, settings: defaultSettings });
 */
export async function createServer({ trustProxy, corsOrigins = [], ...deps }: ServerOptions): Promise<FastifyInstance> {
  const app = fastify({
    ...httpOptions,
    trustProxy: trustProxy ?? false,
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true }),
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request;
    request.log.debug({ method, path: url.split('?')[0], status: reply.statusCode, ms: reply.elapsedTime }, 'answered');
  });
  await app.register(slowBodiesPlugin);
  await app.register(hardeningPlugin, { corsOrigins });
  await app.register(apiPlugin, deps);
  await app.register(swaggerPlugin);
  await app.register(healthPlugin, deps);
  app.get('/', async (_request, reply) => reply.redirect('/swagger/'));
  return app as unknown as FastifyInstance;
}
