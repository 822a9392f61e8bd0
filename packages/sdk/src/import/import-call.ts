import { type ShowroomError, toConnectionError, toDetails, toError } from '../errors.js';
import type { ClientsImportInput, ImportReport } from '../generated/types.js';
import { newKey } from '../key.js';
import type { WriteOptions } from '../options.js';
import { patiently, toLimit } from '../patience.js';
import type { Transport } from '../transport.js';
import { sendGathered } from './send-gathered.js';
import { sendStreamed } from './send-streamed.js';
import { type ImportProgress, type ImportSource, toBody } from './source.js';
import { unlessStalled } from './stall.js';

export interface ImportOptions extends WriteOptions {
  /**
   * What to do with a row whose phone number a client has already: `skip` it (the default), `update` every client with that
   * number, or `add` one more client. With `skip` and `update` the same rows can be imported again, and of rows with the
   * same number the last one counts. REST adds where this is left out.
   */
  known?: ClientsImportInput['known'];
  /** Told how far the sending is, after every piece of some tens of kilobytes. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/**
 * Sends clients to the service while they are read, however many. Rows that are right go in, all in one transaction; the
 * others are told of, the first thousand with their line, values and reasons. A number that a client has already is skipped, unless
 * `known` says otherwise. Needs `add_client`, and `change_client` for `known: 'update'`.
 *
 * All of it may take as long as it takes. `timeoutMs` is how long nothing may be taken from us, and how long the answer may take,
 * with a second more for each 100 kB that was sent. What can be read again (an array, a `Blob`, text) is sent again after a failure
 * that time may heal, and acts once all the same; `onProgress` then begins anew. What breaks or is aborted before its last byte
 * leaves nothing behind; after it, the same call with the same `idempotencyKey` tells whether it went in. A browser sends nothing
 * that it has not read to the end.
 *
 * @example
 * const csv = 'phone_number,timezone,mobile_operator_code,tag\n79001234567,Europe/Moscow,1,2\n';
 * const report = await showroom.clients.import({ csv }, { known: 'update' });
 * for (const { line, values, errors } of report.errors) console.log(line, values, errors);
 */
export type ImportCall = (source: ImportSource, options?: ImportOptions) => Promise<ImportReport>;

export const createImport =
  (transport: Transport, name: string, path: string): ImportCall =>
  async (source, options = {}) => {
    const { known = 'skip', onProgress = () => {}, idempotencyKey = newKey(), ...call } = options;
    const timeoutMs = toLimit(call.timeoutMs ?? transport.patience.timeoutMs);
    const body = toBody(source);
    const url = `${transport.origin}/api/v1${path}?known=${encodeURIComponent(known)}`;
    const headers = { 'content-type': body.type, 'idempotency-key': idempotencyKey, accept: 'application/json' };
    const send = isBrowser() ? sendGathered : sendStreamed;
    const sending = { url, headers: { ...transport.headers, ...call.headers, ...headers } };
    return patiently(
      transport.patience,
      name,
      { ...call, timeoutMs: Number.POSITIVE_INFINITY },
      body.isRepeatable,
      (aborted) =>
        unlessStalled(timeoutMs, aborted, async (signal, stall) =>
          toReport(await send(transport, { ...sending, signal, stall }, body, onProgress)),
        ),
    );
  };

/** All browsers say that they are Mozilla, and no other runtime does. */
const isBrowser = () =>
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent?.startsWith('Mozilla/') ?? false;

async function toReport(response: Response): Promise<ImportReport> {
  if (!response.ok) throw await fromRest(response);
  try {
    return (await response.json()) as ImportReport;
  } catch (error) {
    throw toConnectionError(error);
  }
}

/** What REST says went wrong: `{"detail": …}`, or a field's messages. */
async function fromRest(response: Response): Promise<ShowroomError> {
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const detail = typeof body?.detail === 'string' ? body.detail : null;
  const isRefused = response.status === 400 && detail === null && body !== null;
  const details = toDetails(response);
  return toError({
    ...details,
    code: details.code ?? (isRefused ? 'request.invalid' : undefined),
    message: detail ?? (isRefused ? 'Some values were refused.' : `The service answered ${response.status}.`),
    fields: isRefused ? (body as Record<string, string[]>) : {},
  });
}
