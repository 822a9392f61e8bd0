import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toJob } from './jobs.presenter.js';
import { listJobs, readJob } from './jobs.service.js';

const { list, read } = contract.jobs;

export const jobsRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listJobs(ctx.deps, input), toJob),
  ),
  read: implement(read).query(async ({ ctx, input }) => toJob(await readJob(ctx.deps, input))),
};
