import fastifyCookie from '@fastify/cookie';
import { errors } from '@showroom/contract';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { createAccess } from './access/access.js';
import { readAddress } from './access/address.js';
import { originOf } from './access/origin.js';
import { createScales } from './answer-size.js';
import { createImportLimits } from './clients/import/limits.js';
import type { Caller, Context, Deps, Entrance } from './context.js';
import { ApiError, headersOf } from './errors.js';
import { failuresPlugin, logFailure } from './failures.js';
import { readForwardedFor } from './forwarded-for.js';
import { refuseBadHosts } from './host.js';
import { mostStrangersJson } from './http.js';
import { livePlugin } from './live.js';
import { createDocument } from './rest/document.js';
import { answerUnknownPath } from './rest/drf/not-found.js';
import { drfPlugin } from './rest/drf/plugin.js';
import { openProcedures, operations, restRoutes, steeringOperations } from './rest/routes.js';
import { appRouter } from './router.js';
import { serveStaffPage } from './staff-page.js';
import { toTrouble } from './trouble.js';
import { procedurePathsOf, serveTrpc } from './trpc-http.js';
import { createOpener } from './trpc-input.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls, or why we do not know; asked once per request. */
    caller: Caller | ApiError;
    entrance: Entrance;
    /** The operation that is called, for who counts; null when it is none, or several at once. */
    operation: string | null;
  }
  interface FastifyContextConfig {
    operation?: string;
  }
}

/** As the old service called it. */
const cookieName = 'sessionid';
/** What one tRPC batch may hold. */
const maxBatchSize = 100;

export interface ApiOptions extends Deps {
  /** Shown to staff at `/jobs/`. */
  readonly dashboard?: FastifyPluginAsync;
}

/**
 * The API as a Fastify plugin: REST under `/api/v1`, tRPC under `/trpc`, both on one router, and the document at
 * `/api/v1/openapi.json`. Everything but the document and signing in needs a user; the
 * dashboard needs one who is staff.
 *
 * @example await app.register(apiPlugin, { database, clock: jobs, logger: app.log, settings: defaultSettings });
 */
export const apiPlugin: FastifyPluginAsync<ApiOptions> = async (app, { dashboard, ...deps }) => {
  const access = createAccess(deps);
  const imports = createImportLimits(deps.settings);
  const contextOf = (request: FastifyRequest): Context => {
    const { caller, entrance } = request;
    const { authorization } = request.headers;
    const identifyAgain = () =>
      unlessTrouble(request, () => access.identifyAgain({ authorization, entrance, calls: 0 }));
    return { deps, access, imports, caller, identifyAgain, entrance, openInput: createOpener(), weighAnswer: () => {} };
  };

  /** Who calls; where PostgreSQL cannot tell, its trouble is why we do not know. */
  async function unlessTrouble(request: FastifyRequest, find: () => Promise<Caller | ApiError>) {
    const steers = request.operation !== null && steeringOperations.has(request.operation);
    try {
      return await deps.database.within({ steers }, find);
    } catch (error) {
      const trouble = toTrouble(error);
      if (!trouble) throw error;
      logFailure(request, trouble);
      return trouble;
    }
  }

  async function identify(request: FastifyRequest, reply: FastifyReply, query: string | null, calls = 1) {
    const entrance = toEntrance(request, reply, query, deps.settings.sessionMs);
    request.entrance = entrance;
    const { authorization } = request.headers;
    request.caller = await unlessTrouble(request, () => access.identify({ authorization, entrance, calls }));
    return request.caller;
  }

  app.decorateRequest('caller', null as unknown as ApiError);
  app.decorateRequest('entrance', null as unknown as Entrance);
  app.decorateRequest('operation', null);
  refuseBadHosts(app);
  readForwardedFor(app);
  await app.register(failuresPlugin);
  // Before a body is read that nobody wants.
  app.addHook('onRequest', async (request, reply) => (request.is404 ? answerUnknownPath(reply) : undefined));
  await app.register(fastifyCookie);
  app.setNotFoundHandler(async (_request, reply) => answerUnknownPath(reply));

  const document = createDocument();
  app.get('/api/v1/openapi.json', async () => document);
  await app.register(drfPlugin, {
    prefix: '/api/v1',
    routes: restRoutes(),
    identify: (request, reply) => identify(request, reply, request.url.split('?')[1] ?? ''),
    contextOf,
    bodySchemas: document.components.schemas,
  });
  await app.register(livePlugin, { deps, identify, contextOf });
  if (dashboard) await serveStaffPage(app, { deps, prefix: '/jobs', page: dashboard, identify });
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      if (request.headers['trpc-accept']) return refuseStreaming(reply);
      const paths = procedurePathsOf(request);
      request.operation = (paths.length === 1 && operations.get(paths[0]!)) || null;
      await identify(request, reply, null, paths.length);
      if (paths.filter((path) => openProcedures.has(path)).length > 1) return refuseOpenBatch(reply);
    });
    scope.addHook('preHandler', async (request, reply) => {
      const isOpen = procedurePathsOf(request).some((path) => openProcedures.has(path));
      const { body } = request;
      if (isOpen && typeof body === 'string' && body.length > mostStrangersJson) return refuseLargeBody(reply);
    });
    serveTrpc(scope, '/trpc', {
      router: appRouter,
      maxBatchSize,
      contextOf: (request) => ({ ...contextOf(request), weighAnswer: createScales() }),
    });
  });
};

/** A streamed answer begins before its procedure ends: too late for status, cookie and Retry-After. */
const refuseStreaming = (reply: FastifyReply) =>
  reply.code(406).send({ detail: 'Answers are not streamed: use httpBatchLink or httpLink.' });

/** What is open to strangers is costly on purpose, and is not multiplied by a batch. */
const refuseOpenBatch = (reply: FastifyReply) =>
  refuse(reply, 'A batch may sign in once: send each call in a request of its own.');
const refuseLargeBody = (reply: FastifyReply) =>
  refuse(reply, `The body of a sign-in may have at most ${mostStrangersJson} characters.`);

function refuse(reply: FastifyReply, message: string): FastifyReply {
  const refusal = new ApiError('request.invalid', message);
  return reply.code(errors[refusal.error].status).headers(headersOf(refusal)).send({ detail: message });
}

/** Only what is well-formed goes on to the workers and the provider. */
const traceParentOf = (given: string | string[] | undefined) =>
  typeof given === 'string' && /^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(given) ? given : null;

function toEntrance(request: FastifyRequest, reply: FastifyReply, query: string | null, sessionMs: number): Entrance {
  const { protocol, host, ip, cookies, headers } = request;
  const attributes = { path: '/', httpOnly: true, sameSite: 'lax', secure: protocol === 'https' } as const;
  return {
    origin: `${protocol}://${host}`,
    query,
    address: readAddress(ip ?? '') ?? String(ip),
    requestId: request.id,
    traceParent: traceParentOf(headers.traceparent),
    log: request.log,
    cameFrom: originOf(request),
    session: cookies[cookieName] || null,
    gone: () => request.signal,
    idempotencyKey: [headers['idempotency-key'] ?? null].flat().join() || null,
    setSession: (secret) => {
      if (secret === null) reply.clearCookie(cookieName, attributes);
      else reply.setCookie(cookieName, secret, { ...attributes, maxAge: Math.floor(sessionMs / 1_000) });
    },
  };
}
