import { contract } from '@showroom/contract';
import { implement } from '../trpc.js';
import { readMailingStatistic, readStatistic } from './statistic.service.js';

const { list, read } = contract.statistic;

export const statisticRouter = {
  list: implement(list).query(({ ctx, input }) => readStatistic(ctx.deps, input)),
  read: implement(read).query(({ ctx, input }) => readMailingStatistic(ctx.deps, input)),
};
