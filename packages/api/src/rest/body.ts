import type { FastifyInstance } from 'fastify';

/** A failure of the HTTP layer itself, before any procedure is asked. */
interface HttpError {
  statusCode?: number;
  code?: string;
  message: string;
}

/** Takes JSON bodies as the old service did: an empty one is none, and a malformed one is told in its words. */
export function takeJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(body as Buffer);
      done(null, text.trim() === '' ? undefined : JSON.parse(text));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400, code: 'MALFORMED_JSON' }));
    }
  });
}

/** Answers what Fastify itself refuses in the same shape as everything else, and never with what went wrong inside. */
export function answerHttpErrors(app: FastifyInstance): void {
  app.setErrorHandler<HttpError>((error, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    return reply.code(status).send({ detail: detailOf(error, status, request.headers['content-type']) });
  });
}

function detailOf({ code, message }: HttpError, status: number, contentType = ''): string {
  if (status >= 500) return 'Internal server error.';
  if (code === 'MALFORMED_JSON') return `JSON parse error - ${message}`;
  if (status === 415) return `Unsupported media type "${contentType}" in request.`;
  return message;
}
