import type { ShowroomOptions } from './options.js';

/** Where requests go, and with what. */
export interface Connection {
  readonly origin: string;
  readonly fetch: typeof globalThis.fetch;
  /** Whether the caller has brought it. */
  readonly isOwnFetch: boolean;
  readonly headers: Record<string, string>;
}

/** @throws {TypeError} for a `baseUrl` that is none: a setting that was forgotten shows here, and not at the first call */
export function toConnection(options: ShowroomOptions): Connection {
  const { fetch = globalThis.fetch.bind(globalThis) } = options;
  return {
    origin: toOrigin(options.baseUrl),
    fetch,
    isOwnFetch: options.fetch !== undefined,
    headers: { ...options.headers, ...toCredentials(options) },
  };
}

/** In a page, what is not absolute is meant from there. The address of the REST API will do, too. */
function toOrigin(baseUrl: string | URL): string {
  const base = (globalThis as { location?: { href: string } }).location?.href;
  const url = baseUrl !== undefined && URL.canParse(String(baseUrl), base) ? new URL(String(baseUrl), base) : null;
  if (!url?.protocol.startsWith('http')) {
    throw new TypeError(`baseUrl must be like 'https://showroom.example.com', and is ${JSON.stringify(baseUrl)}.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '').replace(/\/api\/v1$/, '');
}

function toCredentials({ token, username, password }: ShowroomOptions): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
