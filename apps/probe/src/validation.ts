import type { z } from 'zod';

/** A request that cannot be taken as it is: answered as 400 with its message. */
class BadRequest extends Error {
  readonly statusCode = 400;
}

/**
 * The value as its schema has it, defaults filled in.
 *
 * @throws BadRequest that names every wrong field.
 * @example
 * const faults = parsed(Faults, request.body);
 */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new BadRequest(toSentence(result.error));
  return result.data;
}

/** What is wrong, field by field: `phone: Invalid input: expected int, received string; text: …`. */
export function toSentence(error: z.ZodError): string {
  return error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
}
