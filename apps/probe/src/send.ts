import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ACCEPTED, FAULTY, fail } from './answers.js';
import type { FaultSource } from './faults.js';
import { Message } from './inbox.js';
import type { Arrival, Ledger } from './ledger.js';
import { toSentence } from './validation.js';

interface SendDeps {
  ledger: Ledger;
  faults: FaultSource;
  /** The token asked for; undefined accepts any. */
  token: string | undefined;
}

type SendRequest = FastifyRequest<{ Params: { msgId: string } }>;

/**
 * The provider's API itself: `POST /v1/send/{msgId}`.
 *
 * A request arrives (counted before anything is looked at), proves its token, shows a body that fits its path, and
 * draws its fault. A message that counts as accepted counts at once, even if the answer waits: whoever gives up
 * waiting has been delivered all the same, as with a real provider. Then the answer goes out, or not at all. A
 * request is in flight until its answer is written or its connection is gone, whichever comes first.
 */
export function addSendRoute(app: FastifyInstance, { ledger, faults, token }: SendDeps): void {
  app.decorateRequest('arrival', null);

  // A pipelining client has many requests open on one socket, and each of them listens for its end.
  app.server.on('connection', (socket) => socket.setMaxListeners(0));

  function arrive(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
    request.setDecorator('arrival', followed(ledger.arrive(), reply));
    const refusal = refusalOf(request.headers.authorization, token);
    if (refusal) fail(reply, 401, refusal);
    else done();
  }

  app.post('/v1/send/:msgId', { onRequest: arrive }, (request: SendRequest, reply) => {
    const body = Message.safeParse(request.body);
    if (!body.success) return fail(reply, 400, toSentence(body.error));
    const { msgId } = request.params;
    if (String(body.data.id) !== msgId) {
      return fail(reply, 400, `id: the body says ${body.data.id}, the path says ${msgId}`);
    }

    const { fault, waitMs } = faults.draw();
    const ending = fault ? FAULTY[fault] : ACCEPTED;
    if (ending.accepts) request.getDecorator<Arrival>('arrival').accept(body.data);
    if (waitMs === 0) ending.answer(reply, faults.current());
    else answerLater(reply, waitMs, () => ending.answer(reply, faults.current()));
  });
}

/** The arrival, told to leave when its answer is written or its connection is gone. */
function followed(arrival: Arrival, reply: FastifyReply): Arrival {
  const { raw } = reply;
  const { socket } = reply.request.raw;
  // Not the response's own 'close': a response queued behind another on its socket never gets one.
  const onGone = () => {
    raw.off('finish', onWritten);
    arrival.leave();
  };
  const onWritten = () => {
    socket.off('close', onGone);
    arrival.leave(raw.statusCode);
  };
  socket.once('close', onGone);
  raw.once('finish', onWritten);
  return arrival;
}

/** Answers after a while, unless the connection goes first. */
function answerLater(reply: FastifyReply, waitMs: number, answer: () => void): void {
  const { socket } = reply.request.raw;
  const onGone = () => clearTimeout(timer);
  const timer = setTimeout(() => {
    socket.off('close', onGone);
    answer();
  }, waitMs);
  socket.once('close', onGone);
}

function refusalOf(authorization: string | undefined, token: string | undefined): string | undefined {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given === undefined) return 'The header "Authorization: Bearer <token>" is missing.';
  if (token !== undefined && given !== token) return 'The token is wrong.';
  return undefined;
}
