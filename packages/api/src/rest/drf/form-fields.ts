import { finished } from 'node:stream/promises';
import { Busboy } from '@fastify/busboy';
import { ApiError } from '../../errors.js';

/** The fields of a form, each with all its values: a form says a list by repeating a name. */
export type FormFields = Record<string, unknown[]>;

/** As many as Django takes. */
const mostFields = 1_000;

const [plus, blank] = [0x2b, 0x20] as const;

/** What a file is to fields that take none. */
const file = {};

/** @throws ApiError request.too_many_fields */
export function readUrlEncoded(bytes: Buffer): FormFields {
  refuseMoreThan(mostFields - 1, bytes, '&');
  const fields = collectFields();
  for (const [name, value] of new URLSearchParams(withoutPluses(bytes))) fields.add(name, value);
  return fields.toObject();
}

/** A plus means a blank. URLSearchParams knows, but takes a quarter of a second for a megabyte of them. */
function withoutPluses(bytes: Buffer): string {
  const blanks = Buffer.from(bytes);
  for (let at = 0; at < blanks.length; at++) if (blanks[at] === plus) blanks[at] = blank;
  return blanks.toString();
}

/** As long as Django takes it. */
const boundaryPattern = /;\s*boundary=(?:"([^"\\]{1,200})"|([^\s;"\\]{1,200}))\s*(?:;|$)/i;

/**
 * Reads a multipart body. A part without a name is left out.
 *
 * @throws Error for a body that is not what its Content-Type says
 * @throws ApiError request.too_many_fields
 */
export async function readMultipart(bytes: Buffer, contentType: string): Promise<FormFields> {
  const [, quoted, plain] = boundaryPattern.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new Error('There is no boundary.');
  refuseMoreThan(mostFields, bytes, `\r\n--${boundary}`);
  const fields = collectFields();
  const parser = new Busboy({
    // As it was counted, and not as another reader of headers might find it.
    headers: { 'content-type': `multipart/form-data; boundary="${boundary}"` },
    // A text may come with any media type; only a file name makes it a file.
    isPartAFile: (_name, _type, fileName) => fileName !== undefined,
  });
  parser.on('field', (name: string | undefined, value) => {
    if (name !== undefined) fields.add(name, value);
  });
  parser.on('file', (name: string | undefined, stream) => {
    // That a body breaks off within a file is told by the parser, too.
    stream.on('error', () => {}).resume();
    if (name !== undefined) fields.add(name, file);
  });
  parser.end(bytes);
  await finished(parser);
  return fields.toObject();
}

/** Counts what stands between fields, or after each, before any is read. */
function refuseMoreThan(most: number, bytes: Buffer, separator: string): void {
  let count = 0;
  for (let at = bytes.indexOf(separator); at >= 0; at = bytes.indexOf(separator, at + 1)) {
    if (++count > most) throw new ApiError('request.too_many_fields');
  }
}

function collectFields() {
  const values = new Map<string, unknown[]>();
  return {
    add(name: string, value: unknown): void {
      const known = values.get(name);
      if (known) known.push(value);
      else values.set(name, [value]);
    },
    toObject: (): FormFields => Object.fromEntries(values),
  };
}
