import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { listMessages } from './messages.service.js';

const { list } = contract.messages;

export const messagesRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listMessages(ctx.deps, input), (message) => message),
  ),
};
