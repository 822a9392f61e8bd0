import type { ProcedureContract } from '@showroom/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { letIn } from '../../access/let-in.js';
import type { Context } from '../../context.js';
import { headersOf } from '../../errors.js';
import { compileExistence } from '../../existence.js';
import { logRefusalOfOurs } from '../../failures.js';
import { hasLongList, runFor } from '../../slices.js';
import { orTrouble } from '../../trouble.js';
import type { ContextOf, Route } from '../routes.js';
import { answer, type View } from './answer.js';
import { compileOutput } from './dates.js';
import { type Answer, methodNotAllowed, notFound, toDrfError } from './errors.js';
import { fileOf, takeStreams } from './file.js';
import { toHeader } from './ignored-fields.js';
import { compileInput, compileRef, paramsOf } from './input.js';
import { type Actions, type BodySchema, toMetadata } from './options.js';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Everything that is served at one path. */
interface Path {
  readonly path: string;
  readonly view: View;
  readonly routes: Route[];
}

/** In the order of the Allow header. HEAD comes with GET, by Fastify itself. */
export const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'];

/**
 * Serves every procedure as a native Fastify route. A path takes the methods of its procedures, HEAD where there is
 * GET, and OPTIONS; it refuses the others. It may be written without the slash at the end, and with a format: `/tags`,
 * `/tags.json`.
 *
 * @param bodySchemas the document's components, by name
 * @returns what is served, by path
 */
export function registerViews(
  app: FastifyInstance,
  routes: Route[],
  contextOf: ContextOf,
  bodySchemas: Record<string, BodySchema>,
): ReadonlyMap<string, View> {
  const paths = toPaths(routes);
  for (const path of paths) {
    const handlers = new Map<string, Handler>();
    for (const route of path.routes) handlers.set(route.contract.method, serve(route, contextOf));
    handlers.set('OPTIONS', describeView(path, contextOf, bodySchemas));
    const registerAll = (scope: FastifyInstance) => {
      for (const method of methods.filter((each) => each !== 'HEAD'))
        register(scope, method, path, handlers.get(method) ?? refuseMethod);
    };
    if (!path.routes.some(takesFile)) registerAll(app);
    else
      app.register(async (scope) => {
        takeStreams(scope);
        registerAll(scope);
      });
  }
  return new Map(paths.map(({ path, view }) => [path, view]));
}

const takesFile = ({ contract }: Route) => contract.takesFile.length > 0;

function toPaths(routes: Route[]): Path[] {
  const paths = [...new Set(routes.map(({ contract }) => contract.path))];
  return paths.map((path) => {
    const served = routes.filter(({ contract }) => contract.path === path);
    return { path, view: toView(path, served, routes), routes: served };
  });
}

function toView(path: string, served: Route[], routes: Route[]): View {
  const isOpen = served.some(({ contract }) => contract.needs === 'open');
  const taken = served.map(({ contract }): string => contract.method);
  const allowed = methods.filter((method) => taken.includes(method) || method === 'HEAD' || method === 'OPTIONS');
  const forms = served.flatMap(({ contract }) => contract.alsoAs);
  return { name: nameOf(path, routes), allow: allowed.join(', '), isOpen, forms };
}

/** `Tag List`, `Tag Instance`; what is done to a row by its verb: `Pause`; all else by its path: `Auth Login`. */
function nameOf(path: string, routes: Route[]): string {
  const [noun, ...rest] = path.split('/').slice(1, -1);
  const list = routes.find(({ contract }) => contract.path === `/${noun}/` && contract.method === 'GET');
  const verb = rest.find((part) => !part.startsWith('{'));
  if (list && verb) return verb[0]!.toUpperCase() + verb.slice(1);
  if (list) return `${toWords(componentOf(list.contract))} ${path.endsWith('}/') ? 'Instance' : 'List'}`;
  return [noun!, ...rest].map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ');
}

/** The component that a list's rows have, or the whole answer where there are no rows. */
function componentOf({ output }: ProcedureContract): string {
  const rows = output instanceof z.ZodObject ? (output.shape as { results?: z.ZodType }).results : output;
  const row = rows instanceof z.ZodArray ? (rows.element as z.ZodType).meta()?.id : undefined;
  return output.meta()?.id ?? row ?? '';
}

/** `MobileOperatorCode` → `Mobile Operator Code` */
const toWords = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ');

function register(app: FastifyInstance, method: string, { path, view, routes }: Path, handler: Handler): void {
  const served = routes.find(({ contract }) => contract.method === method)?.contract.operationId;
  // Counted together: each path has four spellings.
  const operation = served ?? (method === 'OPTIONS' ? 'options' : 'other');
  const config = { view, operation, takesFile: routes.some(takesFile) };
  const url = path.replace(/\{(\w+)\}/g, ':$1').replace(/\/$/, '');
  // A username may have a dot: what follows it is no format.
  const urls = url.endsWith(':username') ? [url] : [url, `${url}.:format`];
  for (const each of urls) {
    for (const slashed of [each, `${each}/`]) app.route({ method, url: slashed, handler, config });
  }
}

function serve(route: Route, contextOf: ContextOf): Handler {
  const toInput = compileInput(route.contract);
  const toBody = compileOutput(route.contract);
  const isMissing = compileLookUp(route.contract, contextOf);

  async function run(request: FastifyRequest, reply: FastifyReply): Promise<Answer> {
    let sent = {};
    try {
      const context = contextOf(request);
      // Who may not call is told so before anybody reads what they sent.
      await letIn(context, route.contract, () => paramsOf(route.contract, request));
      const input = await toInput(request);
      sent = input.sent;
      if (input.ignored.length > 0) reply.header('x-ignored-fields', toHeader(input.ignored));
      const output = await route.call(takesFile(route) ? withFile(context, request, route) : context, input.fields);
      const { format } = request.rendering;
      const write = format === 'json' || format === 'api' ? undefined : route.writers[format];
      if (write) return { status: route.contract.status, body: await write(output, request.signal) };
      const body = hasLongList(output) ? await runFor(request.signal, () => toBody(output)) : toBody(output);
      return { status: route.contract.status, body };
    } catch (thrown) {
      const failure = orTrouble(thrown as Error);
      const error = toDrfError(failure, route.contract, sent);
      if (error.status >= 500) logRefusalOfOurs(request, failure);
      reply.headers(headersOf(failure));
      return error;
    }
  }

  return async (request, reply) => {
    const result = await run(request, reply);
    // Django looks the row up before it looks at the body: where there is no row, the body does not matter.
    const isOfBody = result.status === 400 || result.status === 415;
    const { status, body } = isOfBody && (await isMissing(request)) ? notFound : result;
    return answer(request, reply, status, body);
  };
}

const withFile = (context: Context, request: FastifyRequest, { contract }: Route): Context => ({
  ...context,
  entrance: { ...context.entrance, file: fileOf(request, contract, context.deps.settings.importMaxBytes) },
});

/**
 * Compiles whether the row that a path names is not there; a list's path names none. Where a request has neither body nor
 * filter, nothing but the row can be wrong with it, and its procedure says so itself.
 */
function compileLookUp(
  contract: ProcedureContract,
  contextOf: ContextOf,
): (request: FastifyRequest) => Promise<boolean> {
  const toRef = compileRef(contract);
  if (toRef === null) return async () => false;
  const isThere = compileExistence(contract.path.split('/')[1]!);
  return async (request) => {
    const ref = toRef(request);
    return ref === null || !(await isThere(contextOf(request).deps, ref));
  };
}

/** The answer to OPTIONS. Who may not call the path is told so; what a row takes is told of a row that is there. */
function describeView({ view, routes }: Path, contextOf: ContextOf, bodySchemas: Record<string, BodySchema>): Handler {
  const { contract } = routes[0]!;
  const described = routes.map((route) => route.contract).filter(({ method, body }) => body && method !== 'PATCH');
  const actions: Actions = Object.fromEntries(described.map(({ method, body }) => [method, bodySchemas[body!]]));
  const isMissing = described[0] ? compileLookUp(described[0], contextOf) : async () => false;
  return async (request, reply) => {
    try {
      await letIn(contextOf(request), contract, () => paramsOf(contract, request));
    } catch (thrown) {
      const failure = orTrouble(thrown);
      const { status, body } = toDrfError(failure, contract, {});
      return answer(request, reply.headers(headersOf(failure)), status, body);
    }
    const shown = (await isMissing(request)) ? {} : actions;
    return answer(request, reply, 200, toMetadata(view, shown));
  };
}

export const refuseMethod: Handler = async (request, reply) => {
  const { status, body } = methodNotAllowed(request.method);
  return answer(request, reply, status, body);
};
