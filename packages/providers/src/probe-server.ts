import type { Outcome, OutgoingMessage, Provider } from '@showroom/dispatch';
import { errors, Pool } from 'undici';
import { exchange, type HttpAnswer, LateError } from './exchange.js';

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
/** A provider that wants to be left alone for longer is asked again after a day all the same. */
const longestRetryAfterMs = 86_400_000;

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

  async function ask({ id, phone, text }: OutgoingMessage, timeoutMs: number, mayStart: () => boolean) {
    const answer = await exchange(pool, {
      path: `${base}/v1/send/${id}`,
      headers,
      body: JSON.stringify({ id, phone: Number(phone), text }),
      timeoutMs: Math.max(1, Math.floor(timeoutMs)),
      mayStart,
    });
    return answer && judge(answer);
  }

  return {
    name: 'probe-server',
    idempotent,
    send: (message, timeoutMs, mayStart) => ask(message, timeoutMs, mayStart).catch(toOutcome),
    close: () => pool.close(),
  };
}

/** Statuses that say "not now". 401 and 403 are the provider's fault or ours, not the message's: it waits. */
const busyStatuses = new Set([401, 403, 408, 425, 429]);

function judge({ status, headers, body }: HttpAnswer): Outcome {
  const answered = { httpStatus: status, code: parseCode(body) };
  if (status >= 500 || busyStatuses.has(status)) {
    const retryAfterMs = toRetryAfterMs(headers['retry-after']);
    const fault = status === 401 || status === 403 ? 'credentials' : undefined;
    return { kind: 'busy', detail: `HTTP ${status}: ${shorten(body)}`, retryAfterMs, fault, ...answered };
  }
  if (status >= 200 && status < 300) return judgeBody(answered, body);
  return { kind: 'refused', detail: `HTTP ${status}: ${shorten(body)}`, ...answered };
}

/** A success says `code: 0`. Another code is a refusal; an answer that says nothing leaves us in the dark. */
function judgeBody({ httpStatus, code }: { httpStatus: number; code?: number }, body: string): Outcome {
  if (code === 0) return { kind: 'accepted', httpStatus, code };
  if (code !== undefined) return { kind: 'refused', detail: `code ${code}: ${shorten(body)}`, httpStatus, code };
  const detail = `HTTP ${httpStatus} with a body that is no answer: ${shorten(body)}`;
  return { kind: 'unknown', detail, httpStatus };
}

const shorten = (body: string) => body.slice(0, 200);

/** The code in a body that is an answer; one that the ledger could not keep is none. */
function parseCode(body: string): number | undefined {
  try {
    const { code } = JSON.parse(body) as { code?: unknown };
    return Number.isInteger(code) && Math.abs(code as number) < 2 ** 31 ? (code as number) : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date. */
function toRetryAfterMs(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? Math.min(ms, longestRetryAfterMs) : undefined;
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
  if (error instanceof LateError) return { kind: error.wasAsked ? 'unknown' : 'busy', detail: error.message };
  const detail = `${error.code ?? error.name}: ${error.message}`;
  const asked = !(error instanceof errors.ConnectTimeoutError || neverAsked.has(error.code ?? ''));
  return { kind: asked ? 'unknown' : 'busy', detail };
}
