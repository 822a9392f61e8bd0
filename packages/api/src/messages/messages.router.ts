import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { resolveMessage } from './messages.resolution.js';
import { listMessages } from './messages.service.js';
import { readTimeline } from './messages.timeline.js';

const { list, read, resolve } = contract.messages;

export const messagesRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listMessages(ctx.deps, input), (message) => message),
  ),
  read: implement(read).query(({ ctx, input }) => readTimeline(ctx.deps, input)),
  resolve: implement(resolve).mutation(({ ctx, input }) => resolveMessage(ctx, input)),
};
