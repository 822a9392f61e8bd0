import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { FastifyHttpOptions } from 'fastify';
import { answerUnknownPath } from './rest/drf/not-found.js';

/** A username of 150 characters, each up to 12 bytes when percent-encoded, is the longest part of a path. */
const longestParameter = 2_000;

/** How much JSON is parsed for a caller whom nobody knows: a sign-in is far below it. */
export const mostStrangersJson = 64 * 1024;

/**
 * How the HTTP server that serves the API is to be set: limits, and an answer to addresses that cannot be read.
 *
 * @example const app = fastify({ ...httpOptions, loggerInstance });
 */
export const httpOptions = {
  bodyLimit: 1024 * 1024,
  // The longest that a file may take to come in; other bodies are hung up on by `slowBodiesPlugin`.
  requestTimeout: 3_600_000,
  // Node looks for connections that are too slow every half minute, if it is not told to look more often.
  http: { headersTimeout: 10_000, maxHeaderSize: 16 * 1024, connectionsCheckingInterval: 2_000 },
  forceCloseConnections: true,
  routerOptions: { maxParamLength: longestParameter },
  genReqId: toRequestId,
  // Hooks do not run for these: the answer gets its id here.
  frameworkErrors: (_error, { id }, reply) => void answerUnknownPath(reply.header('x-request-id', id)),
} satisfies FastifyHttpOptions<Server>;

/** A request may bring its id along, as long as that is fit for logs and headers; else it is given one. */
function toRequestId({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.:+/=-]{1,128}$/.test(given) ? given : randomUUID();
}
