import { procedures } from './generated/procedures.js';
import type { Resources } from './generated/surface.js';
import { createImport } from './import/import-call.js';
import { createList } from './list.js';
import { listen } from './live.js';
import type { CallOptions, ShowroomOptions, WriteOptions } from './options.js';
import type { Procedure } from './procedure.js';
import { createTransport, type Transport } from './transport.js';
import { createWatching } from './watch.js';

/** The whole service, resource by resource. */
export interface Showroom extends Resources {}

/**
 * Connects to a Showroom; nothing is sent until something is called.
 *
 * @example
 * const showroom = createShowroom({ baseUrl: 'https://showroom.example.com', token: 'showroom_…' });
 * const { results } = await showroom.mailing.list({ limit: 10 });
 */
export function createShowroom(options: ShowroomOptions): Showroom {
  const transport = createTransport(options);
  const bound = Object.entries(procedures).map(([resource, verbs]) => [
    resource,
    Object.fromEntries(
      Object.entries(verbs).map(([verb, procedure]) => [verb, bind(transport, `${resource}.${verb}`, procedure)]),
    ),
  ]);
  const showroom = Object.fromEntries(bound) as Showroom;
  Object.assign(
    showroom.mailing,
    createWatching(showroom.statistic.read, (id, options) => listen(transport, id, options), transport.patience.logger),
  );
  return showroom;
}

function bind(transport: Transport, path: string, procedure: Procedure): unknown {
  const { key, pages, takesInput, path: filePath } = procedure;
  if (filePath) return createImport(transport, path, filePath);
  const call = (input: unknown, options?: WriteOptions) => transport.call(path, procedure, input, options);
  if (pages) return createList((input, options: CallOptions) => call(input, options) as never, pages);
  if (!key) return takesInput ? call : (options?: WriteOptions) => call({}, options);
  return takesInput
    ? (row: unknown, input?: object, options?: WriteOptions) => call({ ...input, [key]: row }, options)
    : (row: unknown, options?: WriteOptions) => call({ [key]: row }, options);
}
