import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toGroup } from './groups.presenter.js';
import {
  changeGroup,
  createGroup,
  deleteGroup,
  judgeGroupChange,
  judgeNewGroup,
  listGroups,
  readGroup,
} from './groups.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.groups;

export const groupsRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listGroups(ctx.deps, input), toGroup),
  ),
  create: implement(create, judgeNewGroup).mutation(async ({ ctx, input }) => toGroup(await createGroup(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toGroup(await readGroup(ctx.deps, input))),
  update: implement(update, judgeGroupChange).mutation(async ({ ctx, input }) =>
    toGroup(await changeGroup(ctx, input)),
  ),
  partialUpdate: implement(partialUpdate, judgeGroupChange).mutation(async ({ ctx, input }) =>
    toGroup(await changeGroup(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteGroup(ctx, input)),
};
