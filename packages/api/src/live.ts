import { streams } from '@showroom/contract';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Context } from './context.js';
import { type ApiError, headersOf } from './errors.js';
import { watchMailing } from './mailing/mailing.watch.js';
import { implementStream, router } from './trpc.js';

/** What goes on for a while: tRPC subscriptions, each an answer that is streamed as server-sent events. */
export const liveRouter = router({
  mailing: {
    watch: implementStream(streams.mailing.watch).subscription(({ ctx, input, signal }) =>
      watchMailing(ctx, input, signal),
    ),
  },
});

interface LiveOptions {
  identify(request: FastifyRequest, reply: FastifyReply, query: null): Promise<Caller | ApiError>;
  contextOf(request: FastifyRequest): Context;
}

/**
 * Subscriptions at `/live`. Beside `/trpc` and not in it: an answer that is streamed begins before its procedure ends, and
 * what `/trpc` answers with (a status, a cookie, Retry-After) has to be known before.
 */
export const livePlugin: FastifyPluginAsync<LiveOptions> = async (app, { identify, contextOf }) => {
  app.addHook('onRequest', async (request, reply) => {
    request.operation = 'mailing_watch';
    await identify(request, reply, null);
  });
  await app.register(fastifyTRPCPlugin, {
    prefix: '/live',
    trpcOptions: {
      router: liveRouter,
      allowBatching: false,
      createContext: ({ req }: { req: FastifyRequest }) => contextOf(req),
      responseMeta: ({ errors }: { errors: unknown[] }) => ({ headers: Object.assign({}, ...errors.map(headersOf)) }),
    },
  });
};
