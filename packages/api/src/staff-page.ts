import { type ErrorCode, errors } from '@showroom/contract';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { originOf } from './access/origin.js';
import { recordRefusal } from './audit/record.js';
import type { Caller, Deps } from './context.js';
import { ApiError, headersOf } from './errors.js';

interface StaffPageOptions {
  deps: Deps;
  /** Without the slash, from where it is redirected: the page's own addresses are relative. */
  prefix: `/${string}`;
  page: FastifyPluginAsync;
  identify(request: FastifyRequest, reply: FastifyReply, query: null): Promise<Caller | ApiError>;
}

/**
 * Serves somebody else's page to staff, and to superusers: whoever has not signed in is asked for a name and a password,
 * and everybody else is refused. The page's requests that change something must come from the page itself, and are
 * recorded.
 */
export async function serveStaffPage(app: FastifyInstance, options: StaffPageOptions): Promise<void> {
  const { deps, prefix, page, identify } = options;
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store');
        if (request.url.split('?')[0] === prefix) return reply.redirect(`${prefix}/`);
        const caller = await identify(request, reply, null);
        const refusal = judge(caller, request);
        if (refusal) return refuse(deps, request, reply, caller, refusal);
      });
      scope.addHook('onResponse', async (request, reply) => {
        if (changes(request) && reply.statusCode < 300) await recordChange(deps, request);
      });
      await scope.register(page);
    },
    { prefix },
  );
}

const changes = ({ method }: FastifyRequest) => method !== 'GET' && method !== 'HEAD';

function judge(caller: Caller | ApiError, request: FastifyRequest): ApiError | null {
  if (caller instanceof ApiError) return caller;
  if (!caller.isStaff && !caller.isSuperuser) return new ApiError('auth.forbidden');
  // A browser sends the password that it remembers along whoever made it call, as it does a cookie.
  const origin = originOf(request);
  const isFromElsewhere = origin === 'other' || (caller.sessionId !== null && origin !== 'own');
  return changes(request) && isFromElsewhere ? new ApiError('auth.other_origin') : null;
}

async function refuse(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller | ApiError,
  refusal: ApiError,
): Promise<FastifyReply> {
  const { status } = errors[refusal.error];
  if (!(caller instanceof ApiError)) await recordRefused(deps, request, caller, refusal.error);
  if (status === 401) reply.header('www-authenticate', 'Basic realm="Showroom", charset="UTF-8"');
  return reply.code(status).headers(headersOf(refusal)).type('text/plain; charset=utf-8').send(`${refusal.message}\n`);
}

const operation = 'jobs_dashboard';

function recordRefused(deps: Deps, { entrance }: FastifyRequest, caller: Caller, reason: ErrorCode): Promise<void> {
  const { username, id: userId, tokenId } = caller;
  const { address } = entrance;
  return recordRefusal(deps, { username, userId, tokenId, address, operation, resource: 'jobs', reason });
}

/** As much of what was sent as tells what was done: `{"do": "delete", "jobIds": ["…"]}`. */
const longestRecorded = 2_000;

/** The page has done it by then; where this cannot be written down, the log has it. */
async function recordChange({ database, logger }: Deps, request: FastifyRequest): Promise<void> {
  const { username, id: userId } = request.caller as Caller;
  const sent = JSON.stringify(request.body) ?? '';
  const what = sent.length > longestRecorded ? { sent: sent.slice(0, longestRecorded) } : (request.body as object);
  const done = { do: request.url.split('?')[0]!.split('/').at(-1), ...what };
  request.log.info({ user: username, operation, ...done }, 'changed');
  const { address } = request.entrance;
  const row = { action: 'update', username, userId, address, operation, resource: 'jobs', new: done };
  await database.audit.create(row, { returning: false }).catch((err: unknown) => {
    logger.error({ err, user: username, ...done }, 'a change of the jobs was not recorded');
  });
}
