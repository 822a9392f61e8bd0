import type { FastifyReply } from 'fastify';

const page = `
<!doctype html>
<html lang="en">
<head>
  <title>Not Found</title>
</head>
<body>
  <h1>Not Found</h1><p>The requested resource was not found on this server.</p>
</body>
</html>
`;

/** Django's page for a path that it does not know, which it looks at before everything else. */
export const answerUnknownPath = (reply: FastifyReply): FastifyReply =>
  reply.code(404).header('content-type', 'text/html; charset=utf-8').send(page);
