import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toUser } from './users.presenter.js';
import { changeUser, createUser, deleteUser, judgeUser, listUsers, readUser } from './users.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.users;

export const usersRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listUsers(ctx.deps, input), toUser),
  ),
  create: implement(create, judgeUser).mutation(async ({ ctx, input }) => toUser(await createUser(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toUser(await readUser(ctx.deps, input))),
  update: implement(update, judgeUser).mutation(async ({ ctx, input }) => toUser(await changeUser(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeUser).mutation(async ({ ctx, input }) =>
    toUser(await changeUser(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteUser(ctx, input)),
};
