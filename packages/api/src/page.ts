import { defaultPageSize, lastPage, type Page, type Paging, type ProcedureContract } from '@showroom/contract';
import type { Part } from '@showroom/database';
import type { Context } from './context.js';
import { ApiError } from './errors.js';

/** Rows of one page, and what the neighbouring pages are asked for with. */
export interface PageOfRows<Row> {
  readonly count: number;
  readonly rows: Row[];
  readonly next: Neighbour | null;
  readonly previous: Neighbour | null;
}

type Neighbour = { readonly page: number } | { readonly after: number };

interface NumberedList<Row> {
  count(): Promise<number>;
  /** @param count how many there are in all, where it is known */
  rows(part: Part, count?: number): Promise<Row[]>;
}

interface List<Row> extends NumberedList<Row> {
  /** The id of a row, by which the list is ordered. */
  idOf(row: Row): number;
}

/**
 * Reads one page of a list, by its number or after an id. A page past the last one is an error, the first page of an empty
 * list is not, and neither is an id past the last one.
 */
export const readPage = <Row>(paging: Paging, list: List<Row>): Promise<PageOfRows<Row>> =>
  paging.after === undefined ? readNumbered(paging, list) : readAfter(paging.after, paging, list);

/** A first page that is not full tells how many rows there are, so they are not counted. */
export async function readNumbered<Row>(
  { page = 1, limit = defaultPageSize }: Paging,
  list: NumberedList<Row>,
): Promise<PageOfRows<Row>> {
  const first = page === 1 ? await list.rows({ offset: 0, limit }) : undefined;
  const count = first && first.length < limit ? first.length : await list.count();
  const pages = Math.max(1, Math.ceil(count / limit));
  const number = page === lastPage ? pages : page;
  if (number > pages) throw new ApiError('page.not_found');
  return {
    count,
    rows: first ?? (await list.rows({ offset: (number - 1) * limit, limit }, count)),
    next: number < pages ? { page: number + 1 } : null,
    previous: number > 1 ? { page: number - 1 } : null,
  };
}

async function readAfter<Row>(
  after: number,
  { limit = defaultPageSize }: Paging,
  list: List<Row>,
): Promise<PageOfRows<Row>> {
  const found = await list.rows({ offset: 0, limit: limit + 1, after });
  const rows = found.slice(0, limit);
  const next = found.length > limit ? { after: list.idOf(rows.at(-1)!) } : null;
  return { count: await list.count(), rows, next, previous: null };
}

/** Presents a page with the absolute addresses of its neighbours, which keep every other parameter of the request. */
export function toPage<Row, Item>(
  { entrance }: Context,
  { path }: ProcedureContract,
  input: Paging,
  { count, rows, next, previous }: PageOfRows<Row>,
  present: (row: Row) => Item,
): Page<Item> {
  const link = (neighbour: Neighbour | null) => {
    if (neighbour === null) return null;
    const query = new URLSearchParams(entrance.query ?? toQuery(input));
    for (const name of ['page', 'after']) query.delete(name);
    if ('after' in neighbour) query.set('after', String(neighbour.after));
    else if (neighbour.page > 1) query.set('page', String(neighbour.page));
    query.sort();
    return `${entrance.origin}/api/v1${path}${query.size > 0 ? `?${query}` : ''}`;
  };
  return { count, next: link(next), previous: link(previous), results: rows.map(present) };
}

const toQuery = (input: object) =>
  Object.entries(input).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
