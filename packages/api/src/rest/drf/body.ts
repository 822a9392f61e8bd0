import { TextDecoder } from 'node:util';
import type { FastifyInstance, FastifyRequest } from 'fastify';
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
 * @throws UnreadableBody 415 for another type, 400 for one that is not what its type says
 */
export async function readBody({ body, headers }: FastifyRequest): Promise<Given> {
  const contentType = headers['content-type'] ?? '';
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const isForm = type !== 'application/json';
  const bytes = body as Buffer | undefined;
  if (!bytes?.length) return { value: {}, isForm: isForm && parses.includes(type) };
  if (!isForm) return { value: readJson(bytes, contentType), isForm };
  if (type === 'application/x-www-form-urlencoded') {
    return { value: toFields(new URLSearchParams(bytes.toString())), isForm };
  }
  if (type === 'multipart/form-data') return { value: toFields(await readMultipart(bytes, contentType)), isForm };
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

async function readMultipart(bytes: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new UnreadableBody(400, 'Multipart form parse error - the body is not what its Content-Type says.');
  }
}

/** Every field with all its values: a form says a list by repeating a name. */
function toFields(form: URLSearchParams | FormData): Record<string, unknown[]> {
  const names = [...new Set(form.keys())];
  return Object.fromEntries(names.map((name) => [name, form.getAll(name)]));
}
