import { contract } from '@showroom/contract';
import { toMailingPdf, toStatisticPdf } from '@showroom/report';
import { implement } from '../trpc.js';
import { readMailingStatistic, readStatistic } from './statistic.service.js';

const { list, read } = contract.statistic;

export const statisticRouter = {
  list: implement(list, undefined, { pdf: toStatisticPdf }).query(({ ctx, input }) => readStatistic(ctx.deps, input)),
  read: implement(read, undefined, { pdf: toMailingPdf }).query(({ ctx, input }) =>
    readMailingStatistic(ctx.deps, input),
  ),
};
