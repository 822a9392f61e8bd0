import { type ErrorCode, errors, Paging, type ProcedureContract } from '@showroom/contract';
import { z } from 'zod';
import type { Operation } from './document.js';
import type { Schema } from './document-schemas.js';

type Responses = Operation['responses'];
type Content = NonNullable<Responses[string]['content']>;

export const errorSchemas = {
  Error: {
    type: 'object',
    description: 'Why a request was refused as a whole.',
    properties: { detail: { type: 'string' } },
    required: ['detail'],
  },
  ValidationError: {
    type: 'object',
    description:
      'For each refused field, the reasons. `non_field_errors` is about the body as a whole. All wrong fields are reported at once.',
    additionalProperties: { type: 'array', items: { type: 'string' } },
  },
} satisfies Record<string, Schema>;

const refTo = (name: keyof typeof errorSchemas) => ({ $ref: `#/components/schemas/${name}` });
const failure = (description: string, schema: Schema = refTo('Error')) => ({
  description,
  content: { 'application/json': { schema } },
});

const successes = { 200: 'Success', 201: 'Created', 204: 'Done' };

/** Every answer an operation may give, by status: its own success, and the failures that its kind of request may meet. */
export function toResponses(contract: ProcedureContract, content: Content | undefined): Responses {
  const { status, method, path, takesKey, alsoAs } = contract;
  const conflicts: ErrorCode[] = [
    ...contract.conflicts,
    ...(takesKey ? (['request.key_reused'] as const) : []),
    ...(alsoAs.length > 0 ? (['statistic.busy'] as const) : []),
  ];
  const takesBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  const isOfRowOrPage = path.includes('{') || method === 'GET';
  return {
    [status]: { description: successes[status], ...(status !== 204 && { content }) },
    ...(takesBody && {
      400: failure('Some values were refused, or the body could not be read', {
        anyOf: [refTo('ValidationError'), refTo('Error')],
      }),
    }),
    ...(hasFilter(contract) && !takesBody && { 400: failure('Some values were refused', refTo('ValidationError')) }),
    401: failure('Missing or wrong credentials'),
    403: failure('Not permitted'),
    404: failure(isOfRowOrPage ? 'There is no such row, page or `format`' : 'There is no such `format`'),
    405: failure('This path does not allow the method; the header Allow lists those it does'),
    406: failure('The answer is not available in any type that the header Accept names'),
    ...told(conflicts, 409),
    ...(takesBody && {
      413: failure('The body is too large'),
      415: failure('The media type of the body is not supported'),
    }),
    429: failure('Too many requests, or too many wrong passwords; the header Retry-After says when to try again'),
    ...told([...conflicts, 'server.database_away', 'server.too_slow'], 503),
    ...told([...conflicts, 'server.disk_full'], 507),
  };
}

/** What of these answers with a status, in one entry. */
function told(codes: ErrorCode[], status: 409 | 503 | 507): Responses {
  const messages = codes.filter((code) => errors[code].status === status).map((code) => errors[code].message);
  return messages.length > 0 ? { [status]: failure(messages.join(' ')) } : {};
}

/** Parameters of a page have no wrong values; those of a filter may have. */
const hasFilter = ({ kind, path, input }: ProcedureContract): boolean =>
  kind === 'query' &&
  input instanceof z.ZodObject &&
  Object.keys(input.shape).some((field) => !(field in Paging.shape) && !path.includes(`{${field}}`));
