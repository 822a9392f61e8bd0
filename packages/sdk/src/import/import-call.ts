import { ConnectionError, type ShowroomError, toError, toRetryAfterMs } from '../errors.js';
import type { ClientsImportInput, ImportReport } from '../generated/types.js';
import type { WriteOptions } from '../options.js';
import { patiently } from '../patience.js';
import { newKey, type Transport } from '../transport.js';
import { type Body, type ImportProgress, type ImportSource, toBody } from './source.js';

export interface ImportOptions extends WriteOptions, ClientsImportInput {
  /** Told how far the sending is, after every piece of some tens of kilobytes. */
  onProgress?: (progress: ImportProgress) => void;
}

/**
 * Sends clients to the service while they are read, however many. Rows that are right go in, all in one transaction; the
 * others are told of, with their number and reason. A connection that breaks leaves nothing behind.
 *
 * The time-out is for the whole of it, and there is none unless `timeoutMs` is given here. What can be read again (an array,
 * a `Blob`, text) is sent again after a failure that time may heal, and acts once all the same.
 *
 * @example
 * const report = await showroom.clients.import({ csv: await openAsBlob('clients.csv') }, { known: 'update' });
 * for (const { row, errors } of report.errors) console.log(row, errors);
 */
export type ImportCall = (source: ImportSource, options?: ImportOptions) => Promise<ImportReport>;

const forEverMs = 2 ** 31 - 1;

export const createImport =
  (transport: Transport, path: string): ImportCall =>
  async (source, options = {}) => {
    const { known, onProgress, idempotencyKey = newKey(), ...call } = options;
    const body = toBody(source);
    const url = `${transport.origin}/api/v1${path}${known ? `?known=${known}` : ''}`;
    return patiently(transport.patience, { timeoutMs: forEverMs, ...call }, body.isRepeatable, (signal) =>
      send(transport, url, body, { key: idempotencyKey, onProgress, signal }),
    );
  };

interface Sending {
  key: string;
  onProgress: ImportOptions['onProgress'];
  signal: AbortSignal;
}

async function send({ fetch, headers }: Transport, url: string, body: Body, { key, onProgress, signal }: Sending) {
  const pieces = watch(body, onProgress);
  let failure: unknown;
  const stream = toStream(pieces, (error) => {
    failure = error;
  });
  const response = await ask(fetch, url, {
    method: 'POST',
    headers: { ...headers, 'content-type': body.type, 'idempotency-key': key, accept: 'application/json' },
    body: isBrowser ? await new Response(stream).blob() : stream,
    // What a stream is sent with; types of the DOM do not know it yet.
    duplex: 'half',
    signal,
  } as RequestInit).catch((error) => {
    // What the source threw is the caller's own, and no failure of the connection.
    throw failure ?? error;
  });
  if (response.ok) return (await response.json()) as ImportReport;
  throw await fromRest(response);
}

async function ask(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ConnectionError(`There was no answer: ${String(error)}`, { cause: error });
  }
}

async function* watch(body: Body, onProgress: ImportOptions['onProgress']): AsyncGenerator<Uint8Array> {
  let [bytes, rows] = [0, 0];
  let hasRows = false;
  const pieces = body.read(() => {
    hasRows = true;
    rows += 1;
  });
  for await (const piece of pieces) {
    yield piece;
    bytes += piece.byteLength;
    onProgress?.({ bytes, totalBytes: body.totalBytes, rows: hasRows ? rows : undefined });
  }
}

function toStream(pieces: AsyncGenerator<Uint8Array>, onFailure: (error: unknown) => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        onFailure(error);
        controller.error(error);
      }
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}

/** Few browsers take a stream as a body, and none over HTTP/1.1: there the body is gathered first. */
const isBrowser = 'window' in globalThis;

/** What REST says went wrong: `{"detail": …}`, or a field's messages. */
async function fromRest(response: Response): Promise<ShowroomError> {
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const detail = typeof body?.detail === 'string' ? body.detail : null;
  const fields = detail === null ? ((body ?? {}) as Record<string, string[]>) : {};
  return toError({
    status: response.status,
    message: detail ?? (body ? 'Some values were refused.' : `The service answered ${response.status}.`),
    fields,
    requestId: response.headers.get('x-request-id') ?? undefined,
    retryAfterMs: toRetryAfterMs(response.headers.get('retry-after')),
  });
}
