import { streams } from '@showroom/contract';
import { getTRPCErrorShape, transformTRPCResponse } from '@trpc/server';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, Context, Deps } from './context.js';
import { ApiError, headersOf } from './errors.js';
import { LivePlaces } from './live-places.js';
import { createMailingLooks, type MailingLooks, watchMailing } from './mailing/mailing.watch.js';
import { implementStream, router } from './trpc.js';
import { serveTrpc } from './trpc-http.js';

/** What goes on for a while: tRPC subscriptions, each an answer that is streamed as server-sent events. */
const createLiveRouter = (looks: MailingLooks) =>
  router({
    mailing: {
      watch: implementStream(streams.mailing.watch).subscription(({ ctx, input, signal }) =>
        watchMailing(looks, ctx, input, signal),
      ),
    },
  });

interface LiveOptions {
  deps: Deps;
  identify(request: FastifyRequest, reply: FastifyReply, query: null): Promise<Caller | ApiError>;
  contextOf(request: FastifyRequest): Context;
}

/**
 * Subscriptions at `/live`. Beside `/trpc` and not in it: an answer that is streamed begins before its procedure ends, and
 * what `/trpc` answers with (a status, a cookie, Retry-After) has to be known before.
 */
export const livePlugin: FastifyPluginAsync<LiveOptions> = async (app, { deps, identify, contextOf }) => {
  const { liveStreamsPerUser, liveStreams } = deps.settings;
  const places = new LivePlaces(liveStreamsPerUser, liveStreams);
  const liveRouter = createLiveRouter(createMailingLooks(deps));
  app.addHook('onRequest', async (request, reply) => {
    request.operation = 'mailing_watch';
    const caller = await identify(request, reply, null);
    const refusal = caller instanceof ApiError ? null : places.take(caller.id, request.raw, reply.raw);
    if (refusal) return reply.code(429).headers(headersOf(refusal)).send(toTrpcAnswer(liveRouter, refusal));
  });
  serveTrpc(app, '/live', { router: liveRouter, maxBatchSize: 1, contextOf });
};

/** A refusal as tRPC writes it, for one that comes before tRPC does. */
const toTrpcAnswer = ({ _def: { _config: config } }: ReturnType<typeof createLiveRouter>, error: ApiError) =>
  transformTRPCResponse(config, {
    error: getTRPCErrorShape({
      config,
      error,
      type: 'subscription',
      path: 'mailing.watch',
      input: undefined,
      ctx: undefined,
    }),
  });
