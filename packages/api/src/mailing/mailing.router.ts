import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { judgeFilter } from './mailing.filter.js';
import { toMailing } from './mailing.presenter.js';
import { changeMailing, createMailing, deleteMailing, listMailings, readMailing } from './mailing.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.mailing;

export const mailingRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listMailings(ctx.deps, input), toMailing),
  ),
  create: implement(create, judgeFilter).mutation(async ({ ctx, input }) => toMailing(await createMailing(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toMailing(await readMailing(ctx.deps, input))),
  update: implement(update, judgeFilter).mutation(async ({ ctx, input }) => toMailing(await changeMailing(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeFilter).mutation(async ({ ctx, input }) =>
    toMailing(await changeMailing(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteMailing(ctx, input)),
};
