import { contract } from '@showroom/contract';
import { onceByKey } from '../idempotency/once.js';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toClient } from './clients.presenter.js';
import {
  changeClient,
  createClient,
  deleteClient,
  judgeChange,
  judgeClient,
  listClients,
  readClient,
} from './clients.service.js';
import { importClients } from './import/import.service.js';

const { list, create, import: importFile, read, update, partialUpdate, delete: remove } = contract.clients;

export const clientsRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listClients(ctx.deps, input), toClient),
  ),
  create: implement(create, judgeClient).mutation(async ({ ctx, input }) =>
    onceByKey(ctx, input, async (call) => toClient(await createClient(call, input))),
  ),
  import: implement(importFile).mutation(({ ctx, input }) => importClients(ctx, input)),
  read: implement(read).query(async ({ ctx, input }) => toClient(await readClient(ctx.deps, input))),
  update: implement(update, judgeChange).mutation(async ({ ctx, input }) => toClient(await changeClient(ctx, input))),
  partialUpdate: implement(partialUpdate, judgeChange).mutation(async ({ ctx, input }) =>
    toClient(await changeClient(ctx, input)),
  ),
  delete: implement(remove).mutation(({ ctx, input }) => deleteClient(ctx, input)),
};
