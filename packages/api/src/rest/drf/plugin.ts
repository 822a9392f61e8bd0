import { errors } from '@showroom/contract';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../context.js';
import { ApiError, headersOf } from '../../errors.js';
import { logFailure } from '../../failures.js';
import { toTrouble } from '../../trouble.js';
import type { ContextOf, Route } from '../routes.js';
import { answer, type View } from './answer.js';
import { takeRawBodies, unsupportedType } from './body.js';
import { type Answer, notAcceptable, notFound, toDetail } from './errors.js';
import { negotiate, plainJson } from './negotiation.js';
import { answerUnknownPath } from './not-found.js';
import { refuseOddMethods } from './odd-methods.js';
import { type BodySchema, toMetadata } from './options.js';
import { registerViews } from './views.js';

export interface DrfOptions {
  readonly routes: Route[];
  readonly contextOf: ContextOf;
  readonly identify: (request: FastifyRequest, reply: FastifyReply) => Promise<Caller | ApiError>;
  /** The document's components, by name: OPTIONS tells what a body takes. */
  readonly bodySchemas: Record<string, BodySchema>;
}

/**
 * The REST face as Django REST Framework would serve it: all of its manners are in this folder, and nowhere else.
 *
 * A request passes, in its order: the path (Django's page for one it does not know) → the form of the answer (406) →
 * credentials (401) → the method (405) → permission (403) → the row (404) → the body (415, 400) → the values (400).
 */
export const drfPlugin: FastifyPluginAsync<DrfOptions> = async (app, { routes, contextOf, identify, bodySchemas }) => {
  app.decorateRequest('view', null);
  takeRawBodies(app);
  answerHttpErrors(app);
  app.addHook('onRequest', async (request, reply) => {
    const { viewAt, view = viewAt?.(request.url) ?? null, operation = null } = request.routeOptions.config;
    if (viewAt && view === null) return answerUnknownPath(reply);
    request.view = view;
    request.operation = operation;
    reply.header('cache-control', 'no-store');
    const refusal = chooseRendering(request) ?? (await refuseStranger(request, reply, identify));
    if (refusal) return answer(request, reply, refusal.status, refusal.body);
  });
  refuseOddMethods(app, registerViews(app, routes, contextOf, bodySchemas));
  registerRoot(app, routes);
};

function chooseRendering(request: FastifyRequest): Answer | null {
  request.rendering = plainJson;
  const { format = (request.query as { format?: string }).format } = request.params as { format?: string };
  const rendering = negotiate(request.headers.accept, [format].flat().at(-1), request.view?.forms);
  if (rendering === 'not_acceptable') return notAcceptable;
  if (rendering === 'unknown_format') return notFound;
  request.rendering = rendering;
  return null;
}

async function refuseStranger(
  request: FastifyRequest,
  reply: FastifyReply,
  identify: DrfOptions['identify'],
): Promise<Answer | null> {
  const caller = await identify(request, reply);
  if (!(caller instanceof ApiError) || request.view?.isOpen) return null;
  const { status } = errors[caller.error];
  if (status === 401) reply.header('www-authenticate', 'Basic realm="api"');
  reply.headers(headersOf(caller));
  return toDetail(status, caller.message);
}

/** Answers what Fastify itself refuses in the same shape as everything else, and never with what went wrong inside. */
function answerHttpErrors(app: FastifyInstance): void {
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const trouble = toTrouble(error);
    if (trouble) {
      logFailure(request, trouble);
      reply.headers(headersOf(trouble));
      return answer(request, reply, errors[trouble.error].status, { detail: trouble.message });
    }
    // Whoever left while the answer was written.
    if (error instanceof ApiError) return answer(request, reply, errors[error.error].status, { detail: error.message });
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    const { body } = toDetail(status, reasonOf(error, status, request));
    return answer(request, reply, status, body);
  });
}

function reasonOf({ message }: { message: string }, status: number, { headers }: FastifyRequest): string {
  if (status >= 500) return errors['server.failed'].message;
  // A Content-Type that is no media type at all; others are refused when the body is read.
  return status === 415 ? unsupportedType(headers['content-type'] ?? '') : message;
}

/** The list of lists, at the root. */
function registerRoot(app: FastifyInstance, routes: Route[]): void {
  const view: View = { name: 'Api Root', allow: 'GET, HEAD, OPTIONS', isOpen: false, forms: [] };
  const lists = routes.filter(({ contract: { method, path } }) => method === 'GET' && /^\/\w+\/$/.test(path));
  app.get('/', { config: { view } }, async (request, reply) => {
    const base = `${request.protocol}://${request.host}/api/v1`;
    const addresses = lists.map(({ contract: { path } }) => [path.split('/')[1], `${base}${path}`]);
    return answer(request, reply, 200, Object.fromEntries(addresses));
  });
  app.options('/', { config: { view } }, async (request, reply) => answer(request, reply, 200, toMetadata(view, {})));
}
