/** The names of this machine to itself, as a URL has them. */
export const localHosts: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/**
 * The host that a request's `Host` header names, without its port and in lower case. Undefined when it is missing or malformed.
 *
 * A process on 127.0.0.1 is not out of reach of the web: a page can let its own name point to 127.0.0.1 (DNS rebinding),
 * and then the browser takes the process for the page's own server. It still sends the page's name as `Host`.
 *
 * @example hostnameOf('LocalHost:8006') // 'localhost'
 */
export function hostnameOf(host: string | undefined): string | undefined {
  if (host === undefined || !hostPattern.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  const { hostname } = new URL(`http://${host}`);
  const given = host.replace(/:\d*$/, '').toLowerCase();
  // A URL takes `127.1` and `2130706433` for 127.0.0.1; no client that means it writes them.
  return hostname === given || hostname.startsWith('[') ? hostname : undefined;
}
