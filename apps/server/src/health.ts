import type { Deps } from '@showroom/api';
import type { FastifyPluginAsync } from 'fastify';

/** `/healthz`: the process answers. `/readyz`: it can serve, because the database answers too. Open to anybody. */
export const healthPlugin: FastifyPluginAsync<Pick<Deps, 'database'>> = async (app, { database }) => {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (request, reply) => {
    try {
      await database.sql('SELECT 1');
      return { status: 'ok' };
    } catch (error) {
      request.log.warn({ err: error }, 'not ready: the database does not answer');
      return reply.code(503).send({ status: 'the database does not answer' });
    }
  });
};
