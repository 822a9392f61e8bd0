import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toTag } from './tags.presenter.js';
import { changeTag, createTag, deleteTag, judgeTag, listTags, readTag } from './tags.service.js';

const { list, create, read, update, partialUpdate, delete: remove } = contract.tags;

export const tagsRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listTags(ctx.deps, input), toTag),
  ),
  create: implement(create, judgeTag).mutation(async ({ ctx, input }) => toTag(await createTag(ctx, input))),
  read: implement(read).query(async ({ ctx, input }) => toTag(await readTag(ctx.deps, input))),
  update: implement(update, judgeTag).mutation(async ({ ctx, input }) => toTag(await changeTag(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeTag).mutation(async ({ ctx, input }) =>
    toTag(await changeTag(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteTag(ctx, input)),
};
