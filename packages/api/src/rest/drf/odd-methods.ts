import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { View } from './answer.js';
import { methods, refuseMethod } from './views.js';

/** WebDAV's PROPFIND and the like. CONNECT names no path. */
const oddMethods = METHODS.filter((method) => method !== 'CONNECT' && !methods.includes(method));

/** Finds what is served at an address, whatever the method. */
type ViewAt = (url: string) => View | null;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a route that takes every path: what is served at the one that was asked for. */
    viewAt?: ViewAt;
  }
}

/**
 * Refuses methods that no path takes as the framework did, with its own 405 where something is served. One route for each
 * method takes all paths: a route for each path would make thousands.
 *
 * @param views what is served, by path
 */
export function refuseOddMethods(app: FastifyInstance, views: ReadonlyMap<string, View>): void {
  const patterns = [...views].map(([path, view]) => ({ pattern: toPattern(app.prefix + path), view }));
  const viewAt: ViewAt = (url) => {
    const path = url.split('?', 1)[0]!;
    return patterns.find(({ pattern }) => pattern.test(path))?.view ?? null;
  };
  const config = { operation: 'other', viewAt };
  for (const method of oddMethods) {
    if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
    // Before a body is read.
    app.route({ method, url: '/*', onRequest: refuseMethod, handler: refuseMethod, config });
  }
}

/** The slash at the end may be left out, and a format may follow: `/tags`, `/tags.json`. A parameter takes it in itself. */
function toPattern(path: string): RegExp {
  const format = path.endsWith('}/') ? '' : '(\\.[^/]*)?';
  return new RegExp(`^${path.replace(/\/$/, '').replace(/\{\w+\}/g, '[^/]+')}${format}/?$`);
}
