import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toToken } from './tokens.presenter.js';
import { createToken, judgeToken, listTokens, readToken, revokeToken } from './tokens.service.js';

const { list, create, read, delete: remove } = contract.tokens;

export const tokensRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listTokens(ctx, input), toToken),
  ),
  create: implement(create, judgeToken).mutation(({ ctx, input }) => createToken(ctx, input)),
  read: implement(read).query(async ({ ctx, input }) => toToken(await readToken(ctx, input))),
  delete: implement(remove).mutation(({ ctx, input }) => revokeToken(ctx, input)),
};
