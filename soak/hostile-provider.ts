import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { accepted, drawFault, type Fault, type FaultRates, faults, refused } from './faults.js';
import { between, seededBy } from './random.js';

/** One request, as the provider remembers it. */
export interface Asked {
  /** When its headers arrived, by Date.now(). */
  readonly at: number;
  readonly phone: number;
  readonly text: string;
  readonly met: Fault | null;
  readonly accepted: boolean;
  /** Whether an answer of ours went out whole; of an accepted message without one, the sender cannot know. */
  answered: boolean;
}

export interface HostileProvider {
  readonly url: string;
  /** What it was asked, by message id. */
  readonly memory: ReadonlyMap<number, readonly Asked[]>;
  /** What may go wrong from now on. */
  rates: FaultRates;
  /** Nobody listens any more, and every connection is reset. */
  goDown(): Promise<void>;
  /** Listens again, on the same port. */
  comeUp(): Promise<void>;
  /** How long this process was deaf at the worst: times of arrival may be late by as much. */
  deafMs(): number;
  close(): Promise<void>;
}

export interface HostileProviderOptions {
  seed: number;
  rates: FaultRates;
  latencyMs: readonly [number, number];
}

/** Who shows another token is answered 401. */
export const token = 'token';

/**
 * A provider that fails in every way and remembers what it was asked. It decides at a request's arrival whether it
 * accepts the message, and lets `latencyMs` pass before anybody hears of it.
 *
 * @example
 * const provider = await startHostileProvider({ seed: 7, rates: { reset_after_accept: 0.1 }, latencyMs: [10, 50] });
 */
export async function startHostileProvider({
  seed,
  rates,
  latencyMs,
}: HostileProviderOptions): Promise<HostileProvider> {
  const memory = new Map<number, Asked[]>();
  const refusals = new Set<number>();
  const brokenForEver = new Set<number>();
  const deafness = monitorEventLoopDelay({ resolution: 5 });
  deafness.enable();

  function judge(id: number, phone: number, isKnown: boolean) {
    if (!isKnown) return { fault: 'unauthorized_401' as const, ending: faults.unauthorized_401 };
    const asked = memory.get(id) ?? [];
    const fault = drawFault(provider.rates, seed, phone, asked.length + 1);
    const hasAccepted = asked.some((each) => each.accepted);
    if (fault === 'refused' && !hasAccepted) refusals.add(id);
    if (fault === 'error_500_for_ever') brokenForEver.add(id);
    if (brokenForEver.has(id)) return { fault: 'error_500_for_ever' as const, ending: faults.error_500_for_ever };
    if (fault !== null && fault !== 'refused' && !(faults[fault].accepts && refusals.has(id)))
      return { fault, ending: faults[fault] };
    return refusals.has(id) ? { fault: 'refused' as const, ending: refused } : { fault: null, ending: accepted };
  }

  async function take(request: IncomingMessage, response: ServerResponse, at: number): Promise<void> {
    const { id, phone, text } = await readMessage(request);
    const asked = memory.get(id) ?? [];
    const { fault, ending } = judge(id, phone, request.headers.authorization === `Bearer ${token}`);
    const entry: Asked = { at, phone, text, met: fault, accepted: ending.accepts, answered: false };
    memory.set(id, [...asked, entry]);
    response.on('finish', () => {
      entry.answered = true;
    });
    setTimeout(() => ending.answer(response), between(seededBy(seed, phone, asked.length, 1), latencyMs));
  }

  const server = createServer((request, response) => {
    // A sender that was killed in the midst of its request has asked nothing.
    take(request, response, Date.now()).catch(() => response.socket?.destroy());
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const goDown = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const provider: HostileProvider = {
    url: `http://127.0.0.1:${port}`,
    memory,
    rates,
    goDown,
    comeUp: () => listen(port),
    deafMs: () => Math.round(deafness.max / 1e6),
    close: async () => {
      deafness.disable();
      await goDown();
    },
  };
  return provider;
}

/** Throws when it is not what the Probe Server API 1.0.0 asks for. */
async function readMessage(request: IncomingMessage): Promise<{ id: number; phone: number; text: string }> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { id, phone, text } = JSON.parse(body);
  if (request.method !== 'POST' || request.url !== `/v1/send/${id}`)
    throw new Error(`${request.method} ${request.url}`);
  return { id, phone, text };
}
