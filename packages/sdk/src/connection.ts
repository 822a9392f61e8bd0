import type { ShowroomOptions } from './options.js';

/** Where requests go, and with what. */
export interface Connection {
  readonly origin: string;
  readonly fetch: typeof globalThis.fetch;
  /** Whether the caller has brought it. */
  readonly isOwnFetch: boolean;
  readonly headers: Record<string, string>;
}

export function toConnection(options: ShowroomOptions): Connection {
  const { baseUrl, fetch = globalThis.fetch.bind(globalThis) } = options;
  return {
    origin: baseUrl.replace(/\/+$/, ''),
    fetch,
    isOwnFetch: options.fetch !== undefined,
    headers: { ...options.headers, ...toCredentials(options) },
  };
}

function toCredentials({ token, username, password }: ShowroomOptions): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  const bytes = new TextEncoder().encode(`${username}:${password}`);
  return { authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` };
}
