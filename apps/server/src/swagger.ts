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
    <div id="swagger-ui"></div>
    <script src="swagger-ui-bundle.js"></script>
    <script src="start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#swagger-ui', deepLinking: true, tryItOutEnabled: true });
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
