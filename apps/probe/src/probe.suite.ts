import type { AddressInfo } from 'node:net';
import { createProbe, type ProbeOptions } from './app.js';
import type { Counts } from './ledger.js';

/** A probe on a free port, and the words the tests speak to it with. */
export type OpenProbe = Awaited<ReturnType<typeof openProbe>>;

export async function openProbe(options?: ProbeOptions) {
  const app = createProbe(options);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });

  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const sent = body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return fetch(url + path, { method, ...sent });
  }

  return {
    url,
    port: (app.server.address() as AddressInfo).port,
    call,
    /** Sends message `id` as a well-behaved client does; `init` overrides parts of the request. */
    send: (id: number, init: RequestInit = {}): Promise<Response> =>
      fetch(`${url}/v1/send/${id}`, {
        method: 'POST',
        headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
        body: JSON.stringify({ id, phone: 79_001_234_567, text: 'Hello' }),
        ...init,
      }),
    counts: async (): Promise<Counts> => (await call('GET', '/counts')).json() as Promise<Counts>,
    close: () => app.close(),
  };
}

/** Waits until the condition holds; mocha's timeout is the limit. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
