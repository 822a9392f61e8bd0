import type { JobFilter } from '@showroom/contract';
import type { ListedJob } from '@showroom/jobs';
import type { Deps } from '../context.js';
import { ApiError } from '../errors.js';
import { type PageOfRows, readNumbered } from '../page.js';
import { found } from '../rows.js';

export function listJobs(
  deps: Deps,
  { status: state, name, mailing, ...paging }: JobFilter,
): Promise<PageOfRows<ListedJob>> {
  const list = (page: { offset: number; limit: number }) =>
    unlessAway(deps, deps.jobs.list({ state, name, mailing }, page));
  return readNumbered(paging, {
    count: async () => (await list({ offset: 0, limit: 1 })).total,
    rows: async (part) => (await list(part)).jobs,
  });
}

export const readJob = (deps: Deps, { id }: { id: string }): Promise<ListedJob> =>
  found(unlessAway(deps, deps.jobs.read(id)), 'job.not_found');

async function unlessAway<T>({ logger }: Deps, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    logger.warn({ err: error }, 'the jobs could not be looked at');
    throw new ApiError('job.store_away');
  }
}
