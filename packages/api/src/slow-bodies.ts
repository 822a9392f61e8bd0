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
  /** In how many pieces a body may come; that of a file, once it is refused. */
  mostPieces: number;
}

const usual: Limits = { wholeMs: 30_000, pauseMs: 30_000, mostPieces: 10_000 };

/**
 * Hangs up on bodies that come too slowly, for each of them is a connection that somebody else could have. Node's own
 * limit is the same for all requests, and that of a file has to be much longer than that of all others.
 *
 * It also hangs up on bodies in too many pieces. A megabyte in chunks of a byte costs seconds, even if nobody reads it.
 */
export const slowBodiesPlugin = fastifyPlugin<Partial<Limits>>(async (app, limits) => {
  const { wholeMs, pauseMs, mostPieces } = { ...usual, ...limits };
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) {
      if (request.routeOptions.config.takesFile) watchPauses(request, reply, pauseMs);
      else watch(request, reply, wholeMs);
      countPieces(request, reply, mostPieces);
    }
    done();
  });
  app.addHook('onSend', (request, _reply, payload, done) => {
    // What nobody has read runs out here: Node would let it run out uncounted.
    if (hasBody(request) && !request.raw.complete) request.raw.resume();
    done(null, payload);
  });
});

const hasBody = ({ headers }: FastifyRequest) =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

function watch(request: FastifyRequest, reply: FastifyReply, wholeMs: number): void {
  const timer = setTimeout(() => hangUp(request, reply, tooSlow), wholeMs);
  request.raw.once('close', () => clearTimeout(timer));
}

function watchPauses(request: FastifyRequest, reply: FastifyReply, pauseMs: number): void {
  const { raw } = request;
  let seen = -1;
  const timer = setInterval(() => {
    // A body that waits for us has not paused.
    if (raw.socket.bytesRead === seen && raw.readableLength === 0) hangUp(request, reply, tooSlow);
    seen = raw.socket.bytesRead;
  }, pauseMs);
  raw.once('close', () => clearInterval(timer));
}

/** Node hands over each piece by this method, also when the body is only run out. */
function countPieces(request: FastifyRequest, reply: FastifyReply, mostPieces: number): void {
  const { raw } = request;
  const { takesFile = false } = request.routeOptions.config;
  const push = raw.push.bind(raw);
  let pieces = 0;
  raw.push = (piece, encoding) => {
    const isWanted = takesFile && !reply.sent;
    if (++pieces > mostPieces && !isWanted && !raw.destroyed) hangUp(request, reply, tooManyPieces);
    return push(piece, encoding);
  };
}

const tooSlow = '408 Request Timeout';
const tooManyPieces = '400 Bad Request';

function hangUp({ raw }: FastifyRequest, reply: FastifyReply, status: string): void {
  if (!reply.sent) raw.socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
  raw.destroy();
}
