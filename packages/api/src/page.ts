import { defaultPageSize, lastPage, type Page, type Paging, type ProcedureContract } from '@showroom/contract';
import type { Context } from './context.js';
import { ApiError } from './errors.js';

/** Rows of one page, and where the page stands. */
export interface PageOfRows<Row> {
  readonly count: number;
  readonly page: number;
  readonly pages: number;
  readonly rows: Row[];
}

interface List<Row> {
  count(): Promise<number>;
  rows(part: { offset: number; limit: number }): Promise<Row[]>;
}

/**
 * Reads one page of a list; a page past the last one is an error, the first page of an empty list is not. A first page
 * that is not full tells how many rows there are, so they are not counted.
 */
export async function readPage<Row>(
  { page = 1, limit = defaultPageSize }: Paging,
  list: List<Row>,
): Promise<PageOfRows<Row>> {
  const first = page === 1 ? await list.rows({ offset: 0, limit }) : undefined;
  const count = first && first.length < limit ? first.length : await list.count();
  const pages = Math.max(1, Math.ceil(count / limit));
  const number = page === lastPage ? pages : page;
  if (number > pages) throw new ApiError('page.not_found');
  const rows = first ?? (await list.rows({ offset: (number - 1) * limit, limit }));
  return { count, page: number, pages, rows };
}

/** Presents a page with the absolute addresses of its neighbours, which keep every other parameter of the request. */
export function toPage<Row, Item>(
  { entrance }: Context,
  { path }: ProcedureContract,
  input: Paging,
  { count, page, pages, rows }: PageOfRows<Row>,
  present: (row: Row) => Item,
): Page<Item> {
  const link = (number: number) => {
    const query = new URLSearchParams(entrance.query ?? toQuery(input));
    query.delete('page');
    if (number > 1) query.set('page', String(number));
    query.sort();
    return `${entrance.origin}/api/v1${path}${query.size > 0 ? `?${query}` : ''}`;
  };
  return {
    count,
    next: page < pages ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
    results: rows.map(present),
  };
}

const toQuery = (input: object) =>
  Object.entries(input).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
