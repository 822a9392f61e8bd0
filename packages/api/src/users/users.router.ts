import { contract, type NewUser } from '@showroom/contract';
import type { Call } from '../context.js';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toUser } from './users.presenter.js';
import {
  changeUser,
  createUser,
  deleteUser,
  judgeNewUser,
  judgeUserChange,
  listUsers,
  readUser,
} from './users.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.users;

const change = (call: Call, { user, ...fields }: { user: string } & Partial<NewUser>) =>
  changeUser(call, { username: user }, fields);

export const usersRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listUsers(ctx.deps, input), toUser),
  ),
  create: implement(create, judgeNewUser).mutation(async ({ ctx, input }) => toUser(await createUser(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toUser(await readUser(ctx.deps, input))),
  update: implement(update, judgeUserChange).mutation(async ({ ctx, input }) => toUser(await change(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeUserChange).mutation(async ({ ctx, input }) =>
    toUser(await change(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteUser(ctx, input)),
};
