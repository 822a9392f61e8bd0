import type { Origin, Outcome, OutgoingMessage, Provider } from '@showroom/dispatch';
import { type HttpAnswer, LateError, NotConnectedError } from './http/answer.js';
import { HttpPool } from './http/pool.js';

export interface ProbeServerOptions {
  /** Where the provider is, without `/v1/send`. */
  url: string;
  /** Left out, requests carry no Authorization. */
  token?: string;
  /** Whether it delivers once when asked twice with one id; then a lost answer is asked again. */
  idempotent?: boolean;
  /** Requests in flight at most. */
  concurrency?: number;
  /** Requests in a row on one connection before the first is answered; 1 unless the provider allows more. */
  pipelining?: number;
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
export function createProbeServer(options: ProbeServerOptions): Provider {
  const { url, token, idempotent = true, concurrency = 128, pipelining = 1 } = options;
  const { host, pathname } = new URL(url);
  const pool = new HttpPool({
    url,
    connections: Math.ceil(concurrency / pipelining),
    pipelining,
    connectTimeoutMs,
    largestAnswerBytes,
  });
  const start = `POST ${pathname.replace(/\/$/, '')}/v1/send/`;
  const credentials = token ? `authorization: Bearer ${token}\r\n` : '';
  const headers = ` HTTP/1.1\r\nhost: ${host}\r\n${credentials}content-type: application/json\r\n`;
  const tellOrigin = rememberLast(toOriginHeaders);
  const writeText = rememberLast(toJson);
  const judgeAgain = rememberLast(judge, isSameAnswer);

  function ask({ id, phone, text, origin }: OutgoingMessage, timeoutMs: number, mayStart: () => boolean) {
    const { json, byteLength, encoding } = writeText(text);
    const begin = `{"id":${id},"phone":${phone},"text":`;
    const length = `content-length: ${begin.length + byteLength + 1}\r\n\r\n`;
    const bytes = `${start}${id}${headers}${tellOrigin(origin)}${length}${begin}${json}}`;
    return pool.ask({ bytes, encoding, timeoutMs, mayStart });
  }

  return {
    name: 'probe-server',
    idempotent,
    send: (message, timeoutMs, mayStart) =>
      ask(message, timeoutMs, mayStart).then((answer) => answer && judgeAgain(answer), toOutcome),
    close: () => pool.close(),
  };
}

/** A text as JSON, and how it is written: every message of a mailing has the same. */
function toJson(text: string) {
  const json = JSON.stringify(text);
  const byteLength = Buffer.byteLength(json);
  return { json, byteLength, encoding: byteLength === json.length ? ('latin1' as const) : ('utf8' as const) };
}

/** Every message of a mailing has the same: its provider's log can be searched for what ours says. */
function toOriginHeaders({ requestId, traceParent }: Origin): string {
  const request = requestId === null ? '' : `x-request-id: ${requestId}\r\n`;
  return traceParent === null ? request : `${request}traceparent: ${traceParent}\r\n`;
}

/** Calls `work` only when it is asked about something else than the last time. */
function rememberLast<T, R>(work: (value: T) => R, isSame: (a: T, b: T) => boolean = Object.is): (value: T) => R {
  let last: { value: T; result: R } | null = null;
  return (value) => {
    if (!last || !isSame(last.value, value)) last = { value, result: work(value) };
    return last.result;
  };
}

/** Providers say the same of most messages. One that names a time is to be heard each time: it may be a date. */
const isSameAnswer = (a: HttpAnswer, b: HttpAnswer) =>
  a.status === b.status && a.body === b.body && a.retryAfter === undefined && b.retryAfter === undefined;

/** Statuses that say "not now". 401 and 403 are the provider's fault or ours, not the message's: it waits. */
const busyStatuses = new Set([401, 403, 408, 425, 429]);

function judge({ status, retryAfter, body }: HttpAnswer): Outcome {
  const answered = { httpStatus: status, code: parseCode(body) };
  if (status >= 500 || busyStatuses.has(status)) {
    const retryAfterMs = toRetryAfterMs(retryAfter);
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
function toRetryAfterMs(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return ms > 0 ? Math.min(ms, longestRetryAfterMs) : undefined;
}

/** What became of a request without an answer: where not a byte of it was written, the provider has not seen it. */
function toOutcome(error: Error & { code?: string }): Outcome {
  if (error instanceof LateError) return { kind: error.wasAsked ? 'unknown' : 'busy', detail: error.message };
  if (error instanceof NotConnectedError) return { kind: 'busy', detail: error.message };
  return { kind: 'unknown', detail: `${error.code ?? error.name}: ${error.message}` };
}
