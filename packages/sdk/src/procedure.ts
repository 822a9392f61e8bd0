/** What has to be known of a procedure when it is called. */
export interface Procedure {
  readonly kind: 'query' | 'mutation';
  /** The input field that names the row: the first argument fills it. */
  readonly key?: string;
  /** Whether there is more to say than which row. */
  readonly takesInput?: boolean;
  /** Whether an Idempotency-Key makes the same call, sent twice, act once. */
  readonly takesKey?: boolean;
  /** Of a list: whether a page begins after a key, or is known by its number only. */
  readonly pages?: 'key' | 'number';
  /** Of a file that is the body of a request: where it is sent, below `/api/v1`. */
  readonly path?: string;
}
