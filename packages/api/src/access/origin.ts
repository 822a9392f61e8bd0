import type { FastifyRequest } from 'fastify';

/** From a page of ours, from another, or without a word about it, as programs call. */
export type Origin = 'own' | 'other' | 'untold';

/**
 * Where a browser says that a request comes from. Browsers say so in headers that no page can forge, with every request
 * that could change something; so a page elsewhere cannot act in the name of whoever is signed in here.
 */
export function originOf({ headers, protocol, host }: Pick<FastifyRequest, 'headers' | 'protocol' | 'host'>): Origin {
  const { origin, 'sec-fetch-site': site } = headers;
  // The browser's own judgement comes first: it holds behind a proxy that does not tell us scheme and host, too.
  if (site !== undefined) return site === 'same-origin' ? 'own' : 'other';
  if (origin !== undefined) return origin === `${protocol}://${host}` ? 'own' : 'other';
  return 'untold';
}
