import { z } from 'zod';

/** What `page: 'last'` becomes. */
export const lastPage = Number.MAX_SAFE_INTEGER;
export const defaultPageSize = 100;
export const largestPageSize = 10_000;

const override = { type: 'integer', minimum: undefined, maximum: undefined } as const;

const pageNumber = z
  .preprocess((value: number | 'last') => (value === 'last' ? lastPage : value), z.int().min(1))
  .meta({ description: 'A page number within the paginated result set.', override })
  .optional();

const pageSize = z
  .int()
  .min(1)
  .max(largestPageSize)
  .meta({ description: 'Number of results to return per page.', override })
  .optional();

const key = z
  .int()
  .min(0)
  .meta({
    description:
      'Cursor: returns rows whose id is greater than this. Unlike `page`, it costs the same at any depth and never ' +
      'repeats or skips rows while the list changes. `next` holds the following cursor.',
    override,
  })
  .optional();

/** Which part of a list: pages count from 1, `'last'` is the last one; or whatever comes `after` an id. */
export const Paging = z.object({ page: pageNumber, limit: pageSize, after: key });
export type Paging = z.infer<typeof Paging>;

const link = z.string().nullable().meta({ format: 'uri' });

/** One page of a list: how many rows there are in all, the addresses of the neighbouring pages, the rows. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z
    .object({ count: z.int().meta({ override }), next: link, previous: link, results: z.array(item) })
    .meta({ override: { required: ['count', 'results'] } });

export interface Page<Item> {
  count: number;
  next: string | null;
  previous: string | null;
  results: Item[];
}
