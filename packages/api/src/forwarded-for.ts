import type { FastifyInstance } from 'fastify';
import { readAddress } from './access/address.js';

const name = 'x-forwarded-for';

/**
 * Rewrites X-Forwarded-For before Fastify looks for the client in it: some proxies write ports, brackets, quotes or
 * zones. Whether the header counts at all is decided by the addresses of trusted proxies, later and elsewhere.
 */
export function readForwardedFor(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    const written = headers[name];
    if (written !== undefined) headers[name] = cleanForwardedFor([written].flat().join());
  });
}

/**
 * Only addresses, and of these only the ones to the right of the last entry that is none: a proxy that does not know its
 * client (`unknown`) leaves its own address to stand for it. Empty entries are skipped.
 *
 * @example cleanForwardedFor('192.0.2.1:5060, "[2001:db8::1]:443"') // '192.0.2.1, 2001:db8::1'
 * @example cleanForwardedFor('192.0.2.1, unknown, 10.0.0.2') // '10.0.0.2'
 */
function cleanForwardedFor(written: string): string {
  const entries = written.split(',').filter((entry) => entry.trim() !== '');
  const addresses = entries.map(readAddress);
  return addresses.slice(addresses.lastIndexOf(null) + 1).join(', ');
}
