import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { fail } from './answers.js';
import { addControlRoutes } from './control.js';
import { createFaultSource, Faults } from './faults.js';
import { refuseOtherHosts } from './hosts.js';
import { createLedger } from './ledger.js';
import { addSendRoute } from './send.js';

const BODY_LIMIT_BYTES = 64 * 1024;

export interface ProbeOptions {
  /** The token that requests must carry; left out, any token will do (but there must be one). */
  token?: string;
  /** The faults at the start; left out, none. */
  faults?: Faults;
  /** The hosts that it answers as, beside 127.0.0.1, localhost and [::1]. */
  hosts?: readonly string[];
  /** How many of the last messages are kept in full; 1,000 if left out. */
  inboxSize?: number;
}

/**
 * Builds a provider to try against: "Probe Server 1.0.0", faults on demand, counts, an inbox page.
 *
 * Errors are answered as `{"code": <status>, "message": "…"}`. `close()` never waits for anybody: connections that are
 * open, hanging requests among them, are cut.
 *
 * @example
 * const probe = createProbe({ token: 'secret', faults: Faults.parse({ error_500: 0.01, seed: 7 }) });
 * const url = await probe.listen({ host: '127.0.0.1', port: 0 });
 * await probe.close();
 */
export function createProbe({ token, faults, hosts = [], inboxSize = 1_000 }: ProbeOptions = {}): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_LIMIT_BYTES, forceCloseConnections: true });
  const deps = { ledger: createLedger({ inboxSize }), faults: createFaultSource(faults ?? Faults.parse({})), token };

  app.setErrorHandler<FastifyError>((error, _request, reply) => fail(reply, error.statusCode ?? 500, error.message));
  app.setNotFoundHandler((request, reply) => fail(reply, 404, `There is no ${request.method} ${request.url} here.`));
  refuseOtherHosts(app, hosts);
  addSendRoute(app, deps);
  addControlRoutes(app, deps);
  return app;
}
