import { contract } from '@showroom/contract';
import { toPage } from '../page.js';
import { implement } from '../trpc.js';
import { toPermission } from './permissions.presenter.js';
import { listPermissions } from './permissions.service.js';

const { list } = contract.permissions;

export const permissionsRouter = {
  list: implement(list).query(async ({ ctx, input }) =>
    toPage(ctx, list, input, await listPermissions(ctx.deps, input), toPermission),
  ),
};
