import type { z } from 'zod';
import type { ErrorCode } from '../errors.js';
import type { Codename } from './codename.js';
import { defaultPageSize } from './page.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A form of an answer that is no JSON. */
export type Form = 'pdf';

/**
 * What a caller must have: a permission (superusers have all); or no more than to be a `user`; or to have signed in with
 * their `password`, where the token of a program is not enough; or nothing at all, for what is `open`.
 */
export type Need = Codename | 'open' | 'user' | 'password';

/** A procedure without its implementation: what it is called, what it takes, what it gives. */
export interface ProcedureContract<
  Kind extends 'query' | 'mutation' = 'query' | 'mutation',
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly kind: Kind;
  /** A query that takes much is a POST; it changes nothing all the same. */
  readonly method: Method;
  /** Below `/api/v1`, with the trailing slash the API has always had; `{id}` is filled from the input. */
  readonly path: `/${string}/`;
  readonly operationId: string;
  readonly summary: string;
  /** The HTTP status of a success over REST. */
  readonly status: 200 | 201 | 204;
  readonly needs: Need;
  /** The input field that names a user: who is that user needs no permission. */
  readonly own: string | null;
  /** Where a path parameter and a body field share a name: path parameter → the input field it fills. */
  readonly pathFields: Readonly<Record<string, string>>;
  /** The component of the document that describes the request's body, shared with the answer. */
  readonly body?: string;
  /** Whether an Idempotency-Key makes the same call, sent twice, act once. */
  readonly takesKey: boolean;
  /**
   * The media types of the file that the body is, read while it comes in; the input's fields are in the query then. Only
   * REST carries one. None: the body is the input.
   */
  readonly takesFile: readonly string[];
  /** In which forms beside JSON the answer can be had over REST, by the header Accept or by `?format=`. */
  readonly alsoAs: readonly Form[];
  /** How many rows a list answers at most when its input has no `limit`. */
  readonly defaultLimit: number;
  /** Whether operators steer by it: it never waits behind slow reads. */
  readonly steers: boolean;
  /** Which states of a row, or of what the service needs, forbid the call, however good its input is. */
  readonly conflicts: readonly ErrorCode[];
  readonly input: Input;
  readonly output: Output;
}

interface Parts<Input, Output> {
  summary: string;
  input: Input;
  output: Output;
  needs: Need;
  own?: string;
  status?: 200 | 201 | 204;
  method?: 'POST';
  pathFields?: Record<string, string>;
  body?: string;
  takesKey?: boolean;
  takesFile?: readonly string[];
  alsoAs?: readonly Form[];
  defaultLimit?: number;
  steers?: boolean;
  conflicts?: ErrorCode[];
}

const defaults = {
  own: null,
  pathFields: {},
  takesKey: false,
  takesFile: [],
  alsoAs: [],
  defaultLimit: defaultPageSize,
  steers: false,
  conflicts: [],
} as const;

/**
 * Describes a procedure that reads.
 *
 * @example query('tags_list', '/tags/', { summary: 'List tags', needs: 'view_tag', input: Paging, output: pageOf(Tag) })
 */
export const query = <Input extends z.ZodType, Output extends z.ZodType>(
  operationId: string,
  path: `/${string}/`,
  parts: Parts<Input, Output>,
): ProcedureContract<'query', Input, Output> => ({
  ...defaults,
  kind: 'query',
  method: 'GET',
  operationId,
  path,
  status: 200,
  ...parts,
});

const successStatus = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const;

/**
 * Describes a procedure that changes something. POST answers 201, DELETE 204 without a body, the others 200, unless
 * `status` says otherwise.
 *
 * @example mutation('tags_create', 'POST', '/tags/', { summary: 'Create a tag', needs: 'add_tag', input: NewTag, output: Tag })
 */
export const mutation = <Input extends z.ZodType, Output extends z.ZodType>(
  operationId: string,
  method: Exclude<Method, 'GET'>,
  path: `/${string}/`,
  parts: Parts<Input, Output>,
): ProcedureContract<'mutation', Input, Output> => ({
  ...defaults,
  kind: 'mutation',
  operationId,
  path,
  status: successStatus[method],
  ...parts,
  method,
});
