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
  if (!takesFile.includes(type)) throw new UnreadableBody(415, unsupportedType(contentType));
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new UnreadableBody(415, `Unsupported content encoding "${encoding}" in request.`);
  const bytes = body === undefined ? Readable.from([]) : read(body as Readable, maxBytes);
  return { type, bytes };
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
