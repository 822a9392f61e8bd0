import type { AnyRouter } from '@trpc/server';
import { fastifyRequestHandler } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from './context.js';
import { headersOf } from './errors.js';
import { logFailure } from './failures.js';

interface TrpcFace {
  readonly router: AnyRouter;
  /** How many calls one request may make. */
  readonly maxBatchSize: number;
  contextOf(request: FastifyRequest): Context;
}

/** The procedures that a request calls: tRPC batches them by commas. */
export const procedurePathsOf = ({ params }: FastifyRequest): string[] =>
  ((params as { path?: string }).path ?? '').split(',');

/** Serves a router at `prefix`. Inputs are JSON: a form or a stream would be read before anybody knows who calls. */
export function serveTrpc(app: FastifyInstance, prefix: string, { router, maxBatchSize, contextOf }: TrpcFace): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.route({
    // tRPC knows these, and answers OPTIONS itself. A web Request cannot even be made of TRACE.
    method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: `${prefix}/:path`,
    handler: async (request, reply) => {
      await fastifyRequestHandler({
        router,
        maxBatchSize,
        allowBatching: maxBatchSize > 1,
        createContext: ({ req }: { req: FastifyRequest }) => contextOf(req),
        responseMeta: ({ errors }) => ({ headers: Object.assign({}, ...errors.map(headersOf)) }),
        onError: ({ error, path }) => logFailure(request, error, path),
        req: request,
        res: reply,
        // tRPC decodes it once more, and would find commas that nobody has counted.
        path: encodeURIComponent(procedurePathsOf(request).join(',')),
      });
    },
  });
}
