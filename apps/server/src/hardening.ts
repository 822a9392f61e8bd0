import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import fastifyCors from '@fastify/cors';
import type { FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import helmet from 'helmet';

interface HardeningOptions {
  /** The origins whose pages may call from a browser, with a token. */
  corsOrigins: string[];
}

/** Our pages load nothing from elsewhere, and nobody may frame them. Swagger UI styles its elements one by one. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * What every answer carries to keep browsers from being used against us. Pages of other origins read nothing, unless
 * the origin is named; and then only with a token, for a browser sends them no cookie of ours along.
 */
export const hardeningPlugin = fastifyPlugin<HardeningOptions>(async (app, { corsOrigins }) => {
  const headers = helmetHeaders();
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    // Only told over TLS, and of this host alone: its neighbours are not ours to decide for.
    if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
    done();
  });
  if (corsOrigins.length === 0) return;
  await app.register(fastifyCors, {
    delegator: (request, done) => done(null, { ...cors, origin: corsOrigins, preflight: isPreflight(request) }),
  });
});

/** What helmet has to say does not depend on the request, so it is asked once. */
function helmetHeaders(): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const options = { contentSecurityPolicy, xFrameOptions: { action: 'deny' }, strictTransportSecurity: false } as const;
  helmet(options)(request, response, (error) => {
    if (error) throw error;
  });
  return { ...response.getHeaders() };
}

const cors = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['Retry-After', 'Allow', 'X-Error-Code', 'X-Error-Needs', 'X-Ignored-Fields', 'X-Request-Id'],
  maxAge: 600,
};

/** Any other OPTIONS is REST's own: it tells what a path takes. */
const isPreflight = ({ method, headers }: FastifyRequest) =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
