import { contract } from '@showroom/contract';
import { implement } from '../trpc.js';
import { listProviders } from './provider.service.js';

const { list } = contract.provider;

export const providerRouter = {
  list: implement(list).query(({ ctx }) => listProviders(ctx.deps)),
};
