/*
 * A service of one's own in front of Showroom: announces, tells a page how far that is, and answers its callers by the errors
 * that Showroom answers.
 *
 *   SHOWROOM_URL=https://showroom.example.com SHOWROOM_TOKEN=showroom_… PORT=3000 npx tsx hono-app.ts
 *   curl --json '{ "tag": "vip", "text": "Come and see", "end": "2099-12-01T18:00:00Z" }' http://127.0.0.1:3000/announcements
 *   curl http://127.0.0.1:3000/announcements/12/progress
 */
import { serve } from '@hono/node-server';
import { createShowroom, ShowroomError, ValidationError } from '@showroom/sdk';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

const showroom = createShowroom({
  baseUrl: process.env.SHOWROOM_URL ?? 'http://127.0.0.1:8005',
  token: process.env.SHOWROOM_TOKEN,
  logger: console,
});
const app = new Hono();

app.post('/announcements', async (context) => {
  const { tag, text, start = 'now', end } = await context.req.json();
  const mailing = await showroom.mailing.create(
    { text, tags: [tag], codes: [], start_notification_date: start, end_notification_date: end },
    // A caller that says its own key may call again, and announces once.
    { idempotencyKey: context.req.header('idempotency-key') },
  );
  return context.json({ id: mailing.id, status: mailing.status }, 201);
});

app.get('/announcements/:id/progress', (context) =>
  streamSSE(context, async (stream) => {
    const hungUp = new AbortController();
    stream.onAbort(() => hungUp.abort());
    for await (const progress of showroom.mailing.watch(Number(context.req.param('id')), { signal: hungUp.signal })) {
      await stream.writeSSE({ data: JSON.stringify(progress) });
    }
  }),
);

app.onError((error, context) => {
  if (error instanceof ShowroomError && error.status !== undefined && error.status < 500) {
    const { message, code, requestId } = error;
    const fields = error instanceof ValidationError ? error.fields : undefined;
    return context.json({ message, code, fields, requestId }, error.status as ContentfulStatusCode);
  }
  console.error(error);
  return context.json({ message: 'That did not work; it was not your fault.' }, 502);
});

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, ({ port }) => {
  console.log(`Listening on http://127.0.0.1:${port}`);
});
process.on('SIGTERM', () => server.close());
