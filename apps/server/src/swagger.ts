import fastifyStatic from '@fastify/static';
import { createDocument } from '@showroom/api';
import type { FastifyPluginAsync } from 'fastify';
import { absolutePath } from 'swagger-ui-dist';

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Showroom API</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <link rel="stylesheet" href="swagger-ui.css">
    <link rel="icon" href="favicon-32x32.png">
  </head>
  <body>
    <noscript>This page needs JavaScript. The document itself is at <a href="/api/v1/openapi.json">/api/v1/openapi.json</a>.</noscript>
    <div id="swagger-ui"></div>
    <script src="start.js"></script>
    <script src="swagger-ui-bundle.js"></script>
  </body>
</html>
`;

const settings = {
  url: '/api/v1/openapi.json',
  dom_id: '#swagger-ui',
  // The address names the operation that is open, to be sent to a colleague.
  deepLinking: true,
  // The first screen shows every tag; operations and schemas open on a click.
  docExpansion: 'none',
  defaultModelsExpandDepth: 0,
  // An open operation can be executed at once, without a click on "Try it out".
  tryItOutEnabled: true,
  // A reload keeps who is signed in, in the browser's local storage, until Logout.
  persistAuthorization: true,
  displayRequestDuration: true,
  // The document is shown to nobody else: swagger.io's validator is not asked about it.
  validatorUrl: null,
};

/*
 * Runs before Swagger UI, which makes the Basic header with `btoa` and takes hold of that as soon as it is loaded. The
 * browser's own knows Latin-1 only, and leaves whoever has other letters in their name or password waiting forever.
 *
 * Whoever has not signed in gets a 401, and the browser would ask for credentials in a dialog of its own, which then
 * sign in behind the back of the page's Authorize and outlive its Logout. It does not for a request whose credentials are
 * omitted; the header that Authorize sets is sent all the same.
 */
const start = `const ofLatin1 = window.btoa;
window.btoa = (text) => ofLatin1(String.fromCharCode(...new TextEncoder().encode(text)));
addEventListener('DOMContentLoaded', () =>
  SwaggerUIBundle({
    ...${JSON.stringify(settings)},
    requestInterceptor: (request) => Object.assign(request, { credentials: 'omit' }),
  }),
);
`;

/** Swagger UI at `/swagger/`, and the bare document at `/swagger/?format=openapi`, where it has always been. */
export const swaggerPlugin: FastifyPluginAsync = async (app) => {
  const document = createDocument();
  app.get('/swagger', async (_request, reply) => reply.redirect('/swagger/'));
  app.get<{ Querystring: { format?: string } }>('/swagger/', async (request, reply) =>
    request.query.format === 'openapi' ? document : reply.type('text/html; charset=utf-8').send(page),
  );
  app.get('/swagger/start.js', async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(start));
  await app.register(fastifyStatic, { root: absolutePath(), prefix: '/swagger/', index: false });
};
