import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify';
import { createBasicAuthentication } from './auth/basic.js';
import type { Caller, Context, Deps } from './context.js';
import { ApiError } from './errors.js';
import { answerHttpErrors, takeJsonBodies } from './rest/body.js';
import { createDocument } from './rest/document.js';
import { registerRoutes } from './rest/routes.js';
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
  };
  app.decorateRequest('caller', null as unknown as ApiError);

  const document = createDocument();
  app.get('/api/v1/openapi.json', async () => document);
  await app.register((scope) => serveRest(scope, identify, contextOf), { prefix: '/api/v1' });
  await app.register(async (scope) => {
    scope.addHook('onRequest', identify);
    await scope.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: { router: appRouter, createContext: ({ req }: { req: FastifyRequest }) => contextOf(req) },
    });
  });
};

type Identify = (request: FastifyRequest) => Promise<void>;

/** Credentials are looked at before the method, the id and the body: a stranger learns nothing. */
async function serveRest(app: FastifyInstance, identify: Identify, contextOf: (request: FastifyRequest) => Context) {
  takeJsonBodies(app);
  answerHttpErrors(app);
  app.addHook('onRequest', async (request, reply) => {
    await identify(request);
    const { caller } = request;
    if (!(caller instanceof ApiError)) return;
    return reply.code(401).header('www-authenticate', 'Basic realm="api"').send({ detail: caller.message });
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ detail: 'Not found.' }));
  registerRoutes(app, (request) => {
    const context = contextOf(request);
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    return { ...context, entrance: { ...context.entrance, query } };
  });
}
