import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { FastifyPluginAsync } from 'fastify';
import type { Board } from './board.js';

type Middleware = { createFastifyPlugin(agenda: object): FastifyPluginAsync };

/**
 * Agendash: a page of the jobs, with their data and errors, on which they can be run and removed. Whoever serves it sees
 * to it that not everybody comes in.
 *
 * @example await app.register(createDashboard(jobs.board), { prefix: '/jobs' }); // at /jobs/, with the slash
 */
export const createDashboard =
  (board: Board): FastifyPluginAsync =>
  async (app) => {
    // Agendash's index wants Express to be installed; its part for Fastify does not.
    const index = pathToFileURL(createRequire(import.meta.url).resolve('agendash'));
    const file = new URL('middlewares/fastify.js', index);
    const { createFastifyPlugin } = (await import(file.href)) as Middleware;
    await app.register(
      createFastifyPlugin({
        ...board,
        every: async () => {
          throw new Error('What repeats is made by the workers; make a job that runs once.');
        },
        db: { saveJob: board.saveJob },
        hasJobLogger: () => false,
      }),
    );
  };
