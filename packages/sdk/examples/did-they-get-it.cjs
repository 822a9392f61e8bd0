/*
 * Answers, by phone number, what became of everything that was to be sent there: CommonJS, and nothing but Node.
 *
 *   SHOWROOM_URL=https://showroom.example.com SHOWROOM_TOKEN=showroom_… PORT=3001 node did-they-get-it.cjs
 *   curl 'http://127.0.0.1:3001/?phone=79001234567'
 */
const { createServer } = require('node:http');
const { ConnectionError, createShowroom, RateLimitError } = require('@showroom/sdk');

const showroom = createShowroom({
  baseUrl: process.env.SHOWROOM_URL ?? 'http://127.0.0.1:8005',
  token: process.env.SHOWROOM_TOKEN,
  timeoutMs: 5_000,
});

/** Several clients may have the same number. */
async function tell(phone_number) {
  const told = [];
  for await (const { id } of showroom.clients.list.all({ phone_number })) {
    for await (const message of showroom.messages.list.all({ client: id })) {
      const { status, explanation } = await showroom.messages.read(message.id);
      told.push({ client: id, mailing: message.mailing_list, status, explanation });
    }
  }
  return told;
}

async function answer(phone) {
  // A filter that is undefined would be none, and everybody's messages told.
  if (!phone) return [400, { message: 'Say whose: /?phone=79001234567' }];
  try {
    return [200, await tell(phone)];
  } catch (error) {
    if (error instanceof RateLimitError || error instanceof ConnectionError) return [503, { message: error.message }];
    console.error(error);
    return [500, { message: 'That did not work.', requestId: error.requestId }];
  }
}

const server = createServer(async (request, response) => {
  const [status, body] = await answer(new URL(request.url, 'http://localhost').searchParams.get('phone'));
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(process.env.PORT ?? 3001), '127.0.0.1', () => {
  console.log(`Listening on http://127.0.0.1:${server.address().port}`);
});
