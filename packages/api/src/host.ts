import { errors } from '@showroom/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiError, headersOf } from './errors.js';

/** A name or an address with or without a port. An underscore is no host's, but containers have it in their names. */
const hostPattern = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

const isHost = (host: string): boolean => hostPattern.test(host) && URL.canParse(`http://${host}`);

/**
 * Refuses requests whose Host is none: addresses in answers are made of it. HTTP/1.0 may leave it out; then it is the
 * address that the request came to.
 */
export function refuseBadHosts(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    request.headers.host ||= localHostOf(request);
    if (!isHost(request.headers.host) || !isHost(request.host)) return refuse(reply);
  });
}

function localHostOf({ socket: { localAddress, localPort } }: FastifyRequest): string {
  if (!localAddress) return 'localhost';
  return `${localAddress.includes(':') ? `[${localAddress}]` : localAddress}:${localPort}`;
}

function refuse(reply: FastifyReply): FastifyReply {
  const refusal = new ApiError('request.bad_host');
  const { status } = errors[refusal.error];
  return reply.code(status).headers(headersOf(refusal)).send({ detail: refusal.message });
}
