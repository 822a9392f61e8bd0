import { createAnswerCheck } from '@showroom/testing';
import type { FastifyInstance } from 'fastify';
import { createDocument } from './rest/document.js';

const prefix = '/api/v1';
const unlisted = ['request.bad_host', 'request.gone'];
const check = createAnswerCheck(createDocument());

/** Holds every answer below `/api/v1` against the document, whichever test asks for it: so the document cannot lie. */
export function watchAnswers(app: FastifyInstance) {
  const faults: string[] = [];
  app.addHook('onSend', async (request, reply, payload) => {
    const path = request.url.split(/[?#]/)[0]!;
    if (!path.startsWith(`${prefix}/`)) return;
    // Refused before anybody looks at what is called; or the caller closed the connection, and receives nothing.
    if (unlisted.includes(String(reply.getHeader('x-error-code')))) return;
    const contentType = reply.getHeader('content-type') as string | undefined;
    const text = Buffer.isBuffer(payload) ? payload.toString() : payload;
    const isJson = contentType?.startsWith('application/json') && typeof text === 'string' && text !== '';
    faults.push(
      ...check({
        // To HEAD a body is made as to GET, for its length; it is not sent.
        method: request.method === 'HEAD' ? 'GET' : request.method,
        path: path.slice(prefix.length),
        status: reply.statusCode,
        contentType,
        body: isJson ? JSON.parse(text) : text,
      }),
    );
  });
  return {
    refuseUndocumented(): void {
      if (faults.length > 0) throw new Error(`docs/openapi.json does not say so: ${faults.join('; ')}`);
    },
  };
}
