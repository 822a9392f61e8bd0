import type { CallOptions } from './options.js';

/** One page: how many rows there are in all, and those of this page. `next` and `previous` are addresses of the REST API. */
export interface Page<Row> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Row[];
}

/** Pages count from 1; `'last'` is the last one. A page after a key costs the same however far in the list it is. */
export interface PageNumber {
  page?: number | 'last' | undefined;
  limit?: number | undefined;
}
export interface PageAfter {
  after?: number | undefined;
}

interface AllOptions extends CallOptions {
  /** How many rows are fetched at once: 1,000 by default, 10,000 at the most. */
  pageSize?: number | undefined;
}

/** All rows of a list, fetched page by page while they are read. */
export interface Rows<Row> extends AsyncIterable<Row> {
  /** The first row; undefined when there is none. */
  first(): Promise<Row | undefined>;
  /** The rows as an array; with `limit`, no more than that. */
  toArray(options?: { limit?: number | undefined }): Promise<Row[]>;
}

/**
 * A list: called, it gives one page; `all` forgets about pages.
 *
 * @example
 * for await (const client of showroom.clients.list.all()) console.log(client.phone_number);
 * const { count } = await showroom.clients.list({ limit: 1 });
 */
export interface List<Row, Filter = object, Paging = 'by key'> {
  (
    filter?: Filter & PageNumber & (Paging extends 'by key' ? PageAfter : object),
    options?: CallOptions,
  ): Promise<Page<Row>>;
  /**
   * The same as calling the list.
   *
   * @example
   * const { results } = await showroom.clients.list.page({ page: 'last', limit: 100 });
   */
  page(
    filter?: Filter & PageNumber & (Paging extends 'by key' ? PageAfter : object),
    options?: CallOptions,
  ): Promise<Page<Row>>;
  /**
   * Every row, in the list's order. Each page begins after the last row of the one before, so a million rows cost the same
   * page by page, and none is read twice or left out while others come and go.
   *
   * @example
   * for await (const { phone_number } of showroom.clients.list.all({ tag: 12 })) console.log(phone_number);
   */
  all(filter?: Filter, options?: AllOptions): Rows<Row>;
  /**
   * The first row; undefined when there is none.
   *
   * @example
   * const client = await showroom.clients.list.first({ phone_number: '79001234567' });
   */
  first(filter?: Filter, options?: CallOptions): Promise<Row | undefined>;
  /**
   * The rows as an array; with `limit`, no more than that.
   *
   * @example
   * const failed = await showroom.messages.list.toArray({ mailing_list: 12, status: 'failed', limit: 50 });
   */
  toArray(filter?: Filter & { limit?: number | undefined }, options?: AllOptions): Promise<Row[]>;
}

type Input = Record<string, unknown>;
type Ask = (input: Input, options: CallOptions) => Promise<Page<{ id?: unknown }>>;

const usualPageSize = 1_000;

export function createList(ask: Ask, pages: 'key' | 'number'): List<unknown> {
  const page = (filter: Input = {}, options: CallOptions = {}) => ask(filter, options);

  async function* read(filter: Input, { pageSize = usualPageSize, ...options }: AllOptions) {
    let place: Input = {};
    for (let number = 1; ; number++) {
      const { results, count } = await ask({ ...filter, ...place, limit: pageSize }, options);
      yield* results;
      // A page beyond the last one is an error; one after a key is merely empty.
      if (results.length < pageSize || (pages === 'number' && number * pageSize >= count)) return;
      place = pages === 'key' ? { after: results.at(-1)!.id } : { page: number + 1 };
    }
  }

  const all = (filter: Input = {}, options: AllOptions = {}): Rows<unknown> => ({
    [Symbol.asyncIterator]: () => read(filter, options),
    first: () => first(filter, options),
    toArray: ({ limit } = {}) => toArray({ ...filter, limit }, options),
  });
  const first = async (filter: Input = {}, options: CallOptions = {}) =>
    (await ask({ ...filter, limit: 1 }, options)).results[0];

  async function toArray(
    { limit = Number.POSITIVE_INFINITY, ...filter }: Input & { limit?: number | undefined } = {},
    options: AllOptions = {},
  ) {
    const rows: unknown[] = [];
    if (limit <= 0) return rows;
    const pageSize = Math.min(options.pageSize ?? usualPageSize, limit);
    for await (const row of { [Symbol.asyncIterator]: () => read(filter, { ...options, pageSize }) }) {
      if (rows.push(row) >= limit) break;
    }
    return rows;
  }

  return Object.assign(page, { page, all, first, toArray }) as unknown as List<unknown>;
}
