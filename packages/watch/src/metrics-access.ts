import { createHash, timingSafeEqual } from 'node:crypto';
import { hostnameOf, localHosts } from '@showroom/app';
import type { FastifyRequest } from 'fastify';

/** Who may read `/metrics`. */
export interface MetricsAccess {
  /** `local`: this machine; `open`: anybody; `off`: nobody, but for whoever has the token. */
  readonly from: 'local' | 'open' | 'off';
  /** Whoever sends it as `Authorization: Bearer …` may, wherever they are. */
  readonly token?: string;
}

const thisMachine = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
/** What proxies add; a request that has come through one is not of this machine, whoever handed it on. */
const forwarded = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

export function mayReadMetrics({ from, token }: MetricsAccess, { headers, socket }: FastifyRequest): boolean {
  if (token !== undefined && isToken(headers.authorization, token)) return true;
  if (from === 'open') return true;
  if (from === 'off') return false;
  // A page of another site may run in a browser of this machine: its Host tells.
  if (!localHosts.includes(hostnameOf(headers.host) ?? '')) return false;
  return thisMachine.has(socket.remoteAddress ?? '') && !forwarded.some((name) => headers[name] !== undefined);
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const isToken = (authorization = '', token: string) =>
  timingSafeEqual(digest(authorization.replace(/^Bearer +/i, '')), digest(token));
