import { contract } from '@showroom/contract';
import { onceByKey } from '../idempotency/once.js';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { explainClient } from './mailing.explain.js';
import { toMailing } from './mailing.presenter.js';
import {
  changeMailing,
  createMailing,
  deleteMailing,
  judgeChange,
  judgeMailing,
  listMailings,
  readMailing,
} from './mailing.service.js';
import { cancelMailing, pauseMailing, resolveMailing, resumeMailing, retryMailing } from './mailing.steering.js';
import { previewDraft, previewMailing } from './preview/preview.service.js';

const { list, create, read, update, partialUpdate, delete: remove, explain } = contract.mailing;
const { pause, resume, cancel, retry, resolve, preview, previewStored } = contract.mailing;

export const mailingRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listMailings(ctx.deps, input), toMailing),
  ),
  create: implement(create, judgeMailing).mutation(async ({ ctx, input }) =>
    onceByKey(ctx, input, async (call) => toMailing(await createMailing(call, input))),
  ),
  read: implement(read).query(async ({ ctx, input }) => toMailing(await readMailing(ctx.deps, input))),
  update: implement(update, judgeChange).mutation(async ({ ctx, input }) => toMailing(await changeMailing(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeChange).mutation(async ({ ctx, input }) =>
    toMailing(await changeMailing(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteMailing(ctx, input)),
  pause: implement(pause).mutation(async ({ ctx, input }) => toMailing(await pauseMailing(ctx, input))),
  resume: implement(resume).mutation(async ({ ctx, input }) => toMailing(await resumeMailing(ctx, input))),
  cancel: implement(cancel).mutation(async ({ ctx, input }) => toMailing(await cancelMailing(ctx, input))),
  retry: implement(retry).mutation(({ ctx, input }) => retryMailing(ctx, input)),
  resolve: implement(resolve).mutation(({ ctx, input }) => resolveMailing(ctx, input)),
  preview: implement(preview, judgeMailing).query(({ ctx, input }) => previewDraft(ctx, input)),
  previewStored: implement(previewStored).query(({ ctx, input }) => previewMailing(ctx, input)),
  explain: implement(explain).query(({ ctx, input }) => explainClient(ctx.deps, input)),
};
