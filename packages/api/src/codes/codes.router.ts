import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toCode } from './codes.presenter.js';
import { changeCode, createCode, deleteCode, judgeCode, listCodes, readCode } from './codes.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.codes;

export const codesRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listCodes(ctx.deps, input), toCode),
  ),
  create: implement(create, judgeCode).mutation(async ({ ctx, input }) => toCode(await createCode(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toCode(await readCode(ctx.deps, input))),
  update: implement(update, judgeCode).mutation(async ({ ctx, input }) => toCode(await changeCode(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeCode).mutation(async ({ ctx, input }) =>
    toCode(await changeCode(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteCode(ctx, input)),
};
