import type { FastifyReply } from 'fastify';
import type { FaultName, Faults } from './faults.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const OK = JSON.stringify({ code: 0, message: 'OK' });

/** How a request ends: whether the message counts as accepted, and what goes out. */
interface Ending {
  accepts: boolean;
  answer(reply: FastifyReply, faults: Faults): void;
}

/** How a request ends that meets no fault. */
export const ACCEPTED: Ending = {
  accepts: true,
  answer: (reply) => void reply.type(JSON_TYPE).send(OK),
};

/** How a request ends that meets a fault. Only a reset has accepted the message: the sender cannot know it. */
export const FAULTY: Record<FaultName, Ending> = {
  error_500: refusing((reply) => fail(reply, 500, 'The probe failed, as it was asked to.')),
  busy_429: refusing((reply, { retry_after_seconds }) => {
    if (retry_after_seconds !== undefined) reply.header('retry-after', retry_after_seconds);
    fail(reply, 429, 'The probe is busy, as it was asked to be.');
  }),
  garbage: refusing((reply) => void reply.type('text/html; charset=utf-8').send('<html><body>It works!</body></html>')),
  refused_code: refusing((reply) => void reply.send({ code: 1, message: 'The probe refuses, as it was asked to.' })),
  refused_400: refusing((reply) => fail(reply, 400, 'The probe refuses, as it was asked to.')),
  unauthorized_401: refusing((reply) => fail(reply, 401, 'The probe knows no token, as it was asked to.')),
  // Nothing is held but the connection: it goes when the client leaves or the probe closes.
  hang: refusing(() => undefined),
  reset_after_accept: { accepts: true, answer: (reply) => void reply.request.raw.socket.resetAndDestroy() },
};

function refusing(answer: Ending['answer']): Ending {
  return { accepts: false, answer };
}

/** Answers an error in the shape of the API: `{"code": <status>, "message": "…"}`. */
export function fail(reply: FastifyReply, status: number, message: string): void {
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  reply.code(status).send({ code: status, message });
}
