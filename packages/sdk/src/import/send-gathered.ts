import { toConnectionError } from '../errors.js';
import type { Send, Sending } from './send.js';
import { type ImportProgress, readWatched } from './source.js';

/**
 * Sends a body that was read to the end before: few browsers take a stream, and none over HTTP/1.1. What was read when is
 * remembered, so that progress is told when it is sent.
 */
export const sendGathered: Send = async ({ fetch, isOwnFetch }, sending, body, onProgress) => {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const marks: ImportProgress[] = [];
  for await (const piece of readWatched(body, (mark) => marks.push(mark)))
    pieces.push(piece as Uint8Array<ArrayBuffer>);
  const blob = new Blob(pieces);
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest?: new () => Request };
  try {
    if (!XMLHttpRequest || isOwnFetch) {
      const { url, ...rest } = sending;
      const response = await fetch(url, { ...rest, method: 'POST', body: blob });
      marks.forEach(onProgress);
      return response;
    }
    return await upload(new XMLHttpRequest(), sending, blob, (bytes) => {
      while (marks[0] && marks[0].bytes <= bytes) onProgress({ ...marks.shift()!, totalBytes: blob.size });
    });
  } catch (error) {
    if (sending.signal.aborted) throw error;
    throw toConnectionError(error);
  }
};

/** What is used of an `XMLHttpRequest`. */
interface Request {
  readonly upload: { onprogress: (event: { loaded: number }) => void; onload: () => void };
  readonly status: number;
  readonly responseText: string;
  onload: () => void;
  onerror: () => void;
  onabort: () => void;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: Blob): void;
  abort(): void;
}

/** As `fetch` would, which tells nobody how far it is. */
function upload(
  request: Request,
  { url, headers, signal, stall }: Sending,
  body: Blob,
  onSent: (bytes: number) => void,
): Promise<Response> {
  const abort = () => request.abort();
  const answer = new Promise<Response>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => {
      stall.begin();
      onSent(loaded);
    };
    request.upload.onload = () => stall.answer(body.size);
    request.onload = () => resolve(toResponse(request));
    request.onerror = () => reject(new TypeError('the connection broke, or was not allowed'));
    request.onabort = () => reject(signal.reason);
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    signal.addEventListener('abort', abort, { once: true });
    stall.begin();
    request.send(body);
  });
  return answer.finally(() => signal.removeEventListener('abort', abort));
}

function toResponse(request: Request): Response {
  const headers = new Headers();
  for (const name of ['x-request-id', 'x-error-code', 'x-error-needs', 'retry-after']) {
    const value = request.getResponseHeader(name);
    if (value !== null) headers.set(name, value);
  }
  return new Response(request.responseText, { status: request.status, headers });
}
