import { contract } from '@showroom/contract';
import { implement } from '../trpc.js';
import { readSending, resumeSending, stopSending } from './sending.service.js';

const { read, stop, resume } = contract.sending;

export const sendingRouter = {
  read: implement(read).query(({ ctx }) => readSending(ctx.deps)),
  stop: implement(stop).mutation(({ ctx, input }) => stopSending(ctx, input)),
  resume: implement(resume).mutation(({ ctx }) => resumeSending(ctx)),
};
