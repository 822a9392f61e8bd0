import { Readable } from 'node:stream';
import type { ProcedureContract } from '@showroom/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { UploadedFile } from '../../context.js';
import { ApiError } from '../../errors.js';
import { UnreadableBody, unsupportedType } from './body.js';

/** Leaves bodies as streams: nothing of them is read until a procedure does. */
export function takeStreams(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, stream, done) => done(null, stream));
}

/**
 * The file that is the body of a request.
 *
 * @throws UnreadableBody 415 for a type that is not taken
 */
export function fileOf(
  { body, headers }: FastifyRequest,
  { takesFile }: ProcedureContract,
  maxBytes: number,
): UploadedFile {
  const contentType = headers['content-type'] ?? '';
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  if (!takesFile.includes(type)) {
    const wayOut = `Send the file itself as the body, with one of these types: ${takesFile.join(', ')}.`;
    throw new UnreadableBody(415, `${unsupportedType(contentType)} ${wayOut}`);
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new UnreadableBody(415, `Unsupported content encoding "${encoding}" in request.`);
  const bytes = body === undefined ? Readable.from([]) : read(body as Readable, maxBytes);
  return { type, charset: charsetOf(contentType), bytes };
}

/**
 * The charset that a Content-Type names.
 *
 * @throws UnreadableBody 415 for one that we cannot decode
 */
function charsetOf(contentType: string): string | null {
  const [, charset] = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType) ?? [];
  if (charset === undefined) return null;
  try {
    new TextDecoder(charset);
    return charset;
  } catch {
    throw new UnreadableBody(
      415,
      `Unsupported charset "${charset}" in request. Name one of the Encoding Standard, such as utf-8 or windows-1251.`,
    );
  }
}

async function* read(stream: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of untilItBreaks(stream)) {
    length += piece.length;
    if (length > maxBytes) throw new ApiError('request.too_large', `The file is larger than ${maxBytes} bytes.`);
    yield piece;
  }
}

async function* untilItBreaks(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.iterator({ destroyOnReturn: false });
  } catch {
    throw new UnreadableBody(400, 'The file breaks off.');
  } finally {
    // Whoever stops reading lets the rest run out: the connection is good for the next request.
    stream.resume();
  }
}
