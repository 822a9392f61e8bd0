import type { Outcome, OutgoingMessage, Provider } from '@showroom/dispatch';
import { errors, Pool } from 'undici';

export interface ProbeServerOptions {
  /** Where the provider is, without `/v1/send`. */
  url: string;
  /** Left out, requests carry no Authorization. */
  token?: string;
  /** Whether it delivers once when asked twice with one id; then a lost answer is asked again. */
  idempotent?: boolean;
  /** Keep-alive connections at most: as many as requests in flight. */
  connections?: number;
}

/** Longer answers than this are not read: a provider that sends a book instead of a receipt is not understood. */
const largestAnswerBytes = 64 * 1024;
const connectTimeoutMs = 5_000;

/**
 * The Probe Server API 1.0.0: `POST /v1/send/{id}` with `{id, phone, text}` and a Bearer token; `200 {"code": 0}` is a
 * success, and nothing else is.
 *
 * @example
 * const provider = createProbeServer({ url: 'https://provider.example', token });
 * await provider.send({ id: 1, phone: '79001234567', text: 'hello' }, 10_000); // { kind: 'accepted' }
 */
export function createProbeServer({ url, token, idempotent = true, connections = 128 }: ProbeServerOptions): Provider {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    connect: { timeout: connectTimeoutMs },
    maxResponseSize: largestAnswerBytes,
  });
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };

  async function ask({ id, phone, text }: OutgoingMessage, timeoutMs: number): Promise<Outcome> {
    const answer = await pool.request({
      method: 'POST',
      path: `${base}/v1/send/${id}`,
      headers,
      body: JSON.stringify({ id, phone: Number(phone), text }),
      signal: AbortSignal.timeout(Math.max(1, Math.floor(timeoutMs))),
    });
    return judge(answer.statusCode, answer.headers['retry-after'], await answer.body.text());
  }

  return {
    name: 'probe-server',
    idempotent,
    send: (message, timeoutMs) => ask(message, timeoutMs).catch(toOutcome),
    close: () => pool.close(),
  };
}

/** Statuses that say "not now". 401 and 403 are the provider's fault or ours, not the message's: it waits. */
const busyStatuses = new Set([401, 403, 408, 425, 429]);

function judge(status: number, retryAfter: string | string[] | undefined, body: string): Outcome {
  if (status >= 500 || busyStatuses.has(status)) {
    return { kind: 'busy', detail: `HTTP ${status}`, retryAfterMs: toRetryAfterMs(retryAfter) };
  }
  if (status >= 200 && status < 300) return judgeBody(status, body);
  return { kind: 'refused', detail: `HTTP ${status}: ${body.slice(0, 200)}` };
}

/** A success says `code: 0`. Another code is a refusal; an answer that says nothing leaves us in the dark. */
function judgeBody(status: number, body: string): Outcome {
  const code = parseCode(body);
  if (code === 0) return { kind: 'accepted' };
  if (code !== undefined) return { kind: 'refused', detail: `code ${code}: ${body.slice(0, 200)}` };
  return { kind: 'unknown', detail: `HTTP ${status} with a body that is no answer: ${body.slice(0, 200)}` };
}

function parseCode(body: string): number | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return typeof code === 'number' ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date. */
function toRetryAfterMs(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? ms : undefined;
}

/** Failures before anything was written: the provider has not seen the message. */
const neverAsked = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function toOutcome(error: Error & { code?: string }): Outcome {
  const detail = error.name === 'TimeoutError' ? 'no answer in time' : `${error.code ?? error.name}: ${error.message}`;
  const asked = !(error instanceof errors.ConnectTimeoutError || neverAsked.has(error.code ?? ''));
  return { kind: asked ? 'unknown' : 'busy', detail };
}
