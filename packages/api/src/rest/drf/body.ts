import { TextDecoder } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../../errors.js';
import { type FormFields, readMultipart, readUrlEncoded } from './form-fields.js';
import { NotJson, parsePythonJson } from './json.js';

/** A body that was read: what it said, and whether a form said it. */
export interface Given {
  readonly value: unknown;
  readonly isForm: boolean;
}

/** A body that cannot be read; answered like every failure of the HTTP layer. */
export class UnreadableBody extends Error {
  constructor(
    readonly statusCode: 400 | 415,
    message: string,
  ) {
    super(message);
  }
}

export const unsupportedType = (contentType: string) => `Unsupported media type "${contentType}" in request.`;

export const parses = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'];

/**
 * Leaves bodies as bytes. Django reads them last: credentials, the method and the row come first, so a body that
 * cannot be read does not hide what is wrong before it.
 */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
}

/**
 * Reads a body as the old service did: JSON, a form, a multipart form; an empty one is an empty object, whatever its
 * type.
 *
 * @param limits.mostBytes how much is read; no limit beyond the one of all requests when it is left out
 * @throws UnreadableBody 415 for another type, 400 for one that is not what its type says
 * @throws ApiError request.too_many_fields
 */
export async function readBody(
  { body, headers }: FastifyRequest,
  { mostBytes = Number.POSITIVE_INFINITY } = {},
): Promise<Given> {
  const contentType = headers['content-type'] ?? '';
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const isForm = type !== 'application/json';
  const bytes = body as Buffer | undefined;
  if (!bytes?.length) return { value: {}, isForm: isForm && parses.includes(type) };
  if (bytes.length > mostBytes && parses.includes(type)) {
    throw new UnreadableBody(400, `The body is larger than ${mostBytes} bytes.`);
  }
  if (!isForm) return { value: readJson(bytes, contentType), isForm };
  if (type === 'application/x-www-form-urlencoded') return { value: readUrlEncoded(bytes), isForm };
  if (type === 'multipart/form-data') return { value: await readParts(bytes, contentType), isForm };
  throw new UnreadableBody(415, unsupportedType(contentType));
}

function readJson(bytes: Buffer, contentType: string): unknown {
  try {
    return parsePythonJson(decoderOf(contentType).decode(bytes));
  } catch (error) {
    const why = error instanceof NotJson ? error.message : `${decoderOf(contentType).encoding} codec can't decode it`;
    throw new UnreadableBody(400, `JSON parse error - ${why}`);
  }
}

/** The charset that is named, where it is known; a byte order mark is no JSON. */
function decoderOf(contentType: string): TextDecoder {
  const options = { fatal: true, ignoreBOM: true };
  const charset = /;\s*charset="?([\w-]+)/i.exec(contentType)?.[1];
  try {
    return new TextDecoder(charset ?? 'utf-8', options);
  } catch {
    return new TextDecoder('utf-8', options);
  }
}

async function readParts(bytes: Buffer, contentType: string): Promise<FormFields> {
  try {
    return await readMultipart(bytes, contentType);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new UnreadableBody(400, 'Multipart form parse error - the body is not what its Content-Type says.');
  }
}
