import { hostnameOf, localHosts } from '@showroom/app';
import type { FastifyInstance } from 'fastify';
import { fail } from './answers.js';

/**
 * Refuses requests that came for another host, before anything of them is read. A 403 lets a sender wait and say so;
 * no message is lost while `PROBE_HOSTS` is wrong.
 */
export function refuseOtherHosts(app: FastifyInstance, others: readonly string[]): void {
  const hosts = new Set([...localHosts, ...others]);
  // A sender says the same at each of its many requests.
  let accepted: string | undefined;
  app.addHook('onRequest', ({ headers: { host } }, reply, done) => {
    if (host !== undefined && host === accepted) return done();
    if (!hosts.has(hostnameOf(host) ?? '')) {
      return fail(
        reply,
        403,
        `The probe does not answer as ${JSON.stringify(host ?? '')}. Name the host in PROBE_HOSTS.`,
      );
    }
    accepted = host;
    done();
  });
}
