import { contract, type MailingStatisticDetail, type Statistic } from '@showroom/contract';
import { DrawingQueueFull, toMailingPdf, toStatisticPdf } from '@showroom/report';
import { ApiError } from '../errors.js';
import { implement } from '../trpc.js';
import { readMailingStatistic, readStatistic } from './statistic.service.js';

const { list, read } = contract.statistic;

/** Seconds. A PDF takes one or two, so there is a free place by then. */
const retryAfter = 5;

/** @throws ApiError statistic.busy, request.gone */
async function unlessBusy(pdf: Promise<Buffer>, signal: AbortSignal): Promise<Buffer> {
  try {
    return await pdf;
  } catch (error) {
    if (signal.aborted) throw new ApiError('request.gone');
    throw error instanceof DrawingQueueFull ? new ApiError('statistic.busy', undefined, { retryAfter }) : error;
  }
}

export const statisticRouter = {
  list: implement(list, undefined, {
    pdf: (statistic: Statistic, signal) => unlessBusy(toStatisticPdf(statistic, {}, signal), signal),
  }).query(({ ctx, input }) => readStatistic(ctx.deps, input)),
  read: implement(read, undefined, {
    pdf: (mailing: MailingStatisticDetail, signal) => unlessBusy(toMailingPdf(mailing, signal), signal),
  }).query(({ ctx, input }) => readMailingStatistic(ctx.deps, input)),
};
