import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import { createBasicAuthentication } from './auth/basic.js';
import type { Caller, Context, Deps } from './context.js';
import type { ApiError } from './errors.js';
import { createDocument } from './rest/document.js';
import { answerUnknownPath } from './rest/drf/not-found.js';
import { drfPlugin } from './rest/drf/plugin.js';
import { restRoutes } from './rest/routes.js';
import { appRouter } from './router.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, or why we do not know; asked once per request. */
    caller: Caller | ApiError;
  }
}

/**
 * The API as a Fastify plugin: REST under `/api/v1`, tRPC under `/trpc`, both on one router, and the document at
 * `/api/v1/openapi.json`. Everything but the document needs a user.
 *
 * @example await app.register(apiPlugin, { database, clock: jobs, logger: app.log });
 */
export const apiPlugin: FastifyPluginAsync<Deps> = async (app, deps) => {
  const authenticate = createBasicAuthentication(deps.database);
  const contextOf = (request: FastifyRequest): Context => ({
    deps,
    caller: request.caller,
    entrance: { origin: `${request.protocol}://${request.host}` },
  });
  const identify = async (request: FastifyRequest) => {
    request.caller = await authenticate(request.headers.authorization);
    return request.caller;
  };
  app.decorateRequest('caller', null as unknown as ApiError);
  app.setNotFoundHandler(async (_request, reply) => answerUnknownPath(reply));

  const document = createDocument();
  app.get('/api/v1/openapi.json', async () => document);
  await app.register(drfPlugin, {
    prefix: '/api/v1',
    routes: restRoutes(),
    identify,
    contextOf: (request) => {
      const query = new URLSearchParams(request.url.split('?')[1] ?? '');
      const context = contextOf(request);
      return { ...context, entrance: { ...context.entrance, query } };
    },
    bodySchemas: document.components.schemas,
  });
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request) => void (await identify(request)));
    await scope.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: { router: appRouter, createContext: ({ req }: { req: FastifyRequest }) => contextOf(req) },
    });
  });
};
