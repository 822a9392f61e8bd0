import type { FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the body may take as long as it likes, as long as something comes. */
    takesFile?: boolean;
  }
}

interface Limits {
  /** How long a body may take. */
  wholeMs: number;
  /** How long nothing of a file may come. */
  pauseMs: number;
}

const usual: Limits = { wholeMs: 30_000, pauseMs: 30_000 };

/**
 * Hangs up on bodies that come too slowly, for each of them is a connection that somebody else could have. Node's own
 * limit is the same for all requests, and that of a file has to be much longer than that of all others.
 */
export const slowBodiesPlugin = fastifyPlugin<Partial<Limits>>(async (app, limits) => {
  const { wholeMs, pauseMs } = { ...usual, ...limits };
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) {
      if (request.routeOptions.config.takesFile) watchPauses(request, reply, pauseMs);
      else watch(request, reply, wholeMs);
    }
    done();
  });
});

const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function watch(request: FastifyRequest, reply: FastifyReply, wholeMs: number): void {
  const timer = setTimeout(() => hangUp(request, reply), wholeMs);
  request.raw.once('close', () => clearTimeout(timer));
}

function watchPauses(request: FastifyRequest, reply: FastifyReply, pauseMs: number): void {
  const { raw } = request;
  let seen = -1;
  const timer = setInterval(() => {
    // A body that waits for us has not paused.
    if (raw.socket.bytesRead === seen && raw.readableLength === 0) hangUp(request, reply);
    seen = raw.socket.bytesRead;
  }, pauseMs);
  raw.once('close', () => clearInterval(timer));
}

function hangUp({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (!reply.sent) raw.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  raw.destroy();
}
